package ninja.mig.bench;

import com.rabbitmq.client.Channel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import ninja.mig.platform.testing.Await;

/**
 * Finds the moment at which the last message of a queue was in the database, whatever scheduler works on it: the queue is
 * empty, and the write-ahead log stands still for a second, which does not count.
 */
final class Settled {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

    /** The server writes a little now and then on its own; one heartbeat writes more. */
    private static final long OWN_BYTES = 100;

    private final Testbed testbed;
    private final RunningScheduler scheduler;
    private long written;
    private long lastWrite;
    private long emptied;

    private Settled(Testbed testbed, RunningScheduler scheduler) {
        this.testbed = testbed;
        this.scheduler = scheduler;
    }

    /** @return that moment, by {@link System#nanoTime} */
    static long await(Testbed testbed, RunningScheduler scheduler, String queue) throws Exception {
        try (var connection = testbed.connect()) {
            Channel channel = connection.createChannel();
            Settled settled = new Settled(testbed, scheduler);
            Await.closely(
                    "the queue to be empty and the database to be up to date",
                    LIMIT,
                    () -> settled.look(channel, queue));
            return Math.max(settled.lastWrite, settled.emptied);
        }
    }

    private boolean look(Channel channel, String queue) throws Exception {
        scheduler.requireAlive();
        long now = System.nanoTime();
        if (channel.messageCount(queue) > 0) {
            emptied = 0;
        } else if (emptied == 0) {
            emptied = now;
        }
        long position = logPosition();
        if (position - written >= OWN_BYTES) {
            lastWrite = now;
        }
        written = position;
        return emptied != 0 && now - Math.max(emptied, lastWrite) > QUIET_NANOS;
    }

    private long logPosition() throws SQLException {
        try (Statement statement = testbed.superuser().createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }
}
