package ninja.mig.scheduler;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.database.Notifications;
import ninja.mig.runtime.Backoff;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes routines within milliseconds: when a file appears in the spool, and when the database tells of an action that is
 * pending or was cancelled. Without it they would find the same at their next period.
 */
final class Alarms implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Alarms.class);
    private static final Duration LISTEN = Duration.ofMinutes(5);

    private final Notifications notifications;
    private final WatchService watch;
    private final Runnable onFile;
    private final Runnable onNotification;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Thread> threads;

    Alarms(Notifications notifications, List<Path> folders, Runnable onFile, Runnable onNotification)
            throws IOException {
        this.notifications = notifications;
        this.onFile = onFile;
        this.onNotification = onNotification;
        this.watch = folders.get(0).getFileSystem().newWatchService();
        for (Path folder : folders) {
            folder.register(watch, ENTRY_CREATE, ENTRY_MODIFY);
        }
        this.threads =
                List.of(Routines.thread("watch-spool", this::watch), Routines.thread("listen-database", this::listen));
        threads.forEach(Thread::start);
    }

    private void watch() {
        try {
            boolean valid = true;
            while (valid) {
                WatchKey key = watch.take();
                key.pollEvents(); // what happened does not matter, an overflow neither: they look at everything
                onFile.run();
                valid = key.reset();
            }
            log.error("a folder of the spool is gone, files in it are found periodically only");
        } catch (ClosedWatchServiceException e) {
            log.debug("the spool is watched no more");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.error("the watching of the spool was interrupted, files are found periodically only");
        }
    }

    private void listen() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));
        try {
            while (closed.getCount() > 0) {
                listen(backoff);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.error("the listening to the database was interrupted, actions are found periodically only");
        }
    }

    private void listen(Backoff backoff) throws InterruptedException {
        try {
            if (notifications.await(LISTEN)) {
                onNotification.run();
            }
            backoff.reset();
        } catch (SQLException e) {
            if (closed.getCount() > 0 && backoff.failures() == 0) {
                log.warn("the database tells of no actions, they are found periodically only: {}", e.toString());
            }
            closed.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        closed.countDown();
        watch.close();
        notifications.close();
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(5).toMillis());
        }
    }
}
