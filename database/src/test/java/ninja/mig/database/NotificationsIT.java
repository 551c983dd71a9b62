package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
@Timeout(60)
class NotificationsIT {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final Installed installed;

    NotificationsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @Test
    void wakesWhenTheApiInsertsAnAction() throws Exception {
        try (Database api = installed.api();
                Notifications notifications = new Notifications(installed.schedulerConf(1), "mig-scheduler")) {
            assertTrue(notifications.await(LONG), "after connecting");

            new Actions(api).insert(Samples.action("new"), List.of());

            assertTrue(notifications.await(LONG));
            assertFalse(notifications.await(Duration.ofMillis(1)));
        }
    }

    @Test
    void wakesWhenTheApiCancelsAnAction() throws Exception {
        try (Database api = installed.api();
                Notifications notifications = new Notifications(installed.schedulerConf(1), "mig-scheduler")) {
            Action action = Samples.action("cancelled");
            new Actions(api).insert(action, List.of());
            assertTrue(notifications.await(LONG), "after connecting");

            assertTrue(new Actions(api).cancel(action.id(), Instant.now()));

            assertTrue(notifications.await(LONG));
            assertFalse(new Actions(api).cancel(action.id(), Instant.now()));
            assertFalse(notifications.await(Duration.ofMillis(50)), "nothing was cancelled");
        }
    }

    @Test
    void sleepsOnForActionsThatAreNotPending() throws Exception {
        try (Database scheduler = installed.scheduler();
                Notifications notifications = new Notifications(installed.schedulerConf(1), "mig-scheduler")) {
            notifications.await(LONG);

            new Actions(scheduler).insert(Samples.action("dropped").withStatus(ActionStatus.SCHEDULED), List.of());

            assertFalse(notifications.await(Duration.ofMillis(50)));
        }
    }

    @Test
    void endsAWaitWhenItIsClosed() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Notifications notifications = new Notifications(installed.schedulerConf(1), "mig-waiting")) {
            notifications.await(LONG);
            Future<Boolean> wait = thread.submit(() -> notifications.await(LONG));

            notifications.close();

            ExecutionException end = assertThrows(ExecutionException.class, () -> wait.get(20, TimeUnit.SECONDS));
            assertTrue(end.getCause() instanceof SQLException);
            assertThrows(SQLException.class, () -> notifications.await(LONG));
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void connectsAgainAfterTheServerHasCutItOff() throws Exception {
        try (Notifications notifications = new Notifications(installed.schedulerConf(1), "mig-cut")) {
            notifications.await(LONG);
            installed.asSuperuser(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mig-cut'");

            SQLException cut = assertThrows(SQLException.class, () -> notifications.await(LONG));

            assertTrue(Database.isAway(cut), cut.toString());
            assertTrue(notifications.await(LONG), "something may have been missed");
        }
    }
}
