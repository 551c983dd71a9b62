package ninja.mig.database;

import static ninja.mig.database.Samples.NOW;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.database.SchedulerIdentity.NewKey;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MigServices.class)
class InvestigatorsIT {
    private static final String FINGERPRINT = "F9C9B31E01A75FB363B555818E5AC1FC1EF0380E";
    private static final String OTHER = "BE5B6A263CCE66AA813FB7C3FF3089F868858AE6";
    private static final byte[] KEY = {1, 2, 3};

    private final Installed installed;
    private Database api;
    private Investigators investigators;

    InvestigatorsIT(FreshDatabase fresh) throws SQLException {
        installed = Installed.in(fresh);
    }

    @BeforeEach
    void open() throws SQLException {
        installed.empty();
        api = installed.api();
        investigators = new Investigators(api);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void returnsTheNewRow() throws Exception {
        Investigator ada = investigators.insert("Ada", FINGERPRINT.toLowerCase(java.util.Locale.ROOT), KEY, NOW);

        assertFalse(ada.id().isNone());
        assertEquals(FINGERPRINT, ada.pgpFingerprint());
        assertEquals(Investigator.ACTIVE, ada.status());
        assertEquals(NOW, ada.createdAt());
        assertArrayEquals(KEY, ada.publicKey());
        assertEquals(ada, investigators.byId(ada.id()).orElseThrow());
        assertEquals(
                ada,
                investigators
                        .byFingerprint("f9c9b31e01a75fb363b555818e5ac1fc1ef0380e")
                        .orElseThrow());
        assertEquals(List.of(ada), investigators.active());
    }

    @Test
    void onlyTheFirstPersonIsAnAdministrator() throws Exception {
        try (Database scheduler = installed.scheduler()) {
            new Investigators(scheduler).scheduler(() -> new NewKey("AB".repeat(20), KEY, KEY), NOW);
        }

        Investigator ada = investigators.insert("Ada", FINGERPRINT, KEY, NOW);
        Investigator bob = investigators.insert("Bob", OTHER, KEY, NOW);

        assertTrue(investigators.isAdministrator(ada.id()));
        assertFalse(investigators.isAdministrator(bob.id()));
        assertFalse(investigators.isAdministrator(new MigId(4711)));
        MigId scheduler =
                new MigId(Long.parseLong(installed.ask("SELECT id FROM investigators WHERE name = 'migscheduler'")));
        assertFalse(investigators.isAdministrator(scheduler));
        investigators.setStatus(ada.id(), Investigator.DISABLED, NOW);
        assertFalse(investigators.isAdministrator(ada.id()));
    }

    @Test
    void refusesAKnownFingerprint() throws Exception {
        investigators.insert("Ada", FINGERPRINT, KEY, NOW);

        AlreadyExistsException refusal =
                assertThrows(AlreadyExistsException.class, () -> investigators.insert("Eve", FINGERPRINT, KEY, NOW));

        assertEquals("Investigator's PGP Fingerprint already exists in database", refusal.getMessage());
    }

    @Test
    void disablesAndEnables() throws Exception {
        MigId id = investigators.insert("Ada", FINGERPRINT, KEY, NOW).id();

        Investigator disabled = investigators
                .setStatus(id, Investigator.DISABLED, NOW.plusSeconds(1))
                .orElseThrow();

        assertEquals("Ada", disabled.name());
        assertEquals(Investigator.DISABLED, disabled.status());
        assertEquals(NOW.plusSeconds(1), disabled.lastModified());
        assertTrue(investigators.active().isEmpty());
        assertTrue(investigators.byFingerprint(FINGERPRINT).isPresent());
        investigators.setStatus(id, Investigator.ACTIVE, NOW);
        assertEquals(1, investigators.active().size());
        assertTrue(investigators
                .setStatus(new MigId(4711), Investigator.ACTIVE, NOW)
                .isEmpty());
        assertThrows(IllegalArgumentException.class, () -> investigators.setStatus(id, "root", NOW));
    }

    @Test
    void knowsTheLastActivePerson() throws Exception {
        MigId ada = investigators.insert("Ada", FINGERPRINT, KEY, NOW).id();
        investigators.insert(Investigator.SCHEDULER, "00", KEY, NOW);
        assertTrue(investigators.isLastActive(ada));
        MigId bob = investigators.insert("Bob", OTHER, KEY, NOW).id();
        assertFalse(investigators.isLastActive(ada));
        investigators.setStatus(ada, Investigator.DISABLED, NOW);
        assertTrue(investigators.isLastActive(bob));
        assertFalse(investigators.isLastActive(ada));
    }

    @Test
    void makesOneSchedulerIdentityHoweverManyStartAtOnce() throws Exception {
        int schedulers = 4;
        AtomicInteger made = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(schedulers);
        try (Database database = Database.open(installed.schedulerConf(schedulers), "mig-scheduler")) {
            List<Future<SchedulerIdentity>> all = new ArrayList<>();
            for (int i = 0; i < schedulers; i++) {
                all.add(threads.submit(() -> new Investigators(database)
                        .scheduler(
                                () -> {
                                    String name = "key" + made.incrementAndGet();
                                    return new NewKey(FINGERPRINT, name.getBytes(), ("secret " + name).getBytes());
                                },
                                NOW)));
            }
            int fresh = 0;
            for (Future<SchedulerIdentity> each : all) {
                SchedulerIdentity identity = each.get();
                fresh += identity.isNew() ? 1 : 0;
                assertEquals("secret key1", new String(identity.privateKey()));
                assertEquals("key1", new String(identity.investigator().publicKey()));
                assertEquals(Investigator.SCHEDULER, identity.investigator().name());
                assertFalse(identity.toString().contains("secret"));
            }
            assertEquals(1, fresh);
            assertEquals(1, made.get());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void keepsTheSchedulersKeyFromTheApi() {
        SQLException refusal = assertThrows(
                SQLException.class, () -> investigators.scheduler(() -> new NewKey(FINGERPRINT, KEY, KEY), NOW));

        assertEquals("42501", refusal.getSQLState());
    }

    @Test
    void findsNobodyByHostileText() throws Exception {
        investigators.insert("Ada", FINGERPRINT, KEY, NOW);

        assertTrue(investigators.byFingerprint("' OR true --").isEmpty());
        assertTrue(investigators.byFingerprint("\0").isEmpty());
    }
}
