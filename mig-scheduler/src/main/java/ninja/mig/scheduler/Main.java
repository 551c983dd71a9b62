package ninja.mig.scheduler;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.conf.ConfException;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.log.Logging;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "mig-scheduler",
        description = "Turns signed actions into commands for agents, and their answers into rows of the database.",
        footer = {
            "",
            "Runs in the foreground until SIGTERM or SIGINT.",
            "Exit codes: 0 stopped in order, 1 failed while running, 2 wrong usage, 9 could not start."
        })
final class Main implements Callable<Integer> {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int START_FAILED = 9;
    private static final long STOP_SECONDS = 75;

    @Option(
            names = {"-c", "--c"},
            paramLabel = "<file>",
            description = "configuration file; /etc/mig/scheduler.cfg or /etc/mig/mig-scheduler.cfg if left out")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = {"-V", "--V", "--version"},
            description = "print the version and exit")
    private boolean version;

    @Option(
            names = {"-t", "--t"},
            description = "check the configuration and exit")
    private boolean check;

    @Option(
            names = "--print-key",
            description = "print the scheduler's public key and what agents need in their access list to obey it; makes"
                    + " the key if there is none yet")
    private boolean printKey;

    @Option(
            names = {"-h", "-help", "--help"},
            usageHelp = true,
            description = "print this and exit")
    private boolean help;

    /** Never opened: an interruption ends the waiting, as it ends a start that waits for the database. */
    private final CountDownLatch forever = new CountDownLatch(1);

    private final CountDownLatch stopped = new CountDownLatch(1);

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (version) {
            System.out.println(Version.of(Main.class));
            return OK;
        }
        try {
            SchedulerConf conf = file.map(SchedulerConf::load).orElseGet(SchedulerConf::loadDefault);
            if (check) {
                return check(conf);
            }
            return printKey ? printKey(conf) : run(conf);
        } catch (ConfException e) {
            return fatal(e.getMessage());
        }
    }

    private static int check(SchedulerConf conf) {
        conf.warnings().forEach(System.err::println);
        System.out.println("the configuration is valid");
        return OK;
    }

    private static int printKey(SchedulerConf conf) {
        try (Database database = Database.open(conf.postgres(), Scheduler.NAME)) {
            SchedulerKey key = SchedulerKey.load(new Investigators(database), Clock.systemUTC());
            System.out.println(key.armoredPublic());
            System.out.println(key.acl());
            return OK;
        } catch (SQLException | BadKeyException e) {
            return fatal(e.getMessage());
        }
    }

    private int run(SchedulerConf conf) {
        System.err.println("Initializing Scheduler context...");
        try (Logging logging = Logging.setUp(conf.logging(), Scheduler.NAME, System.out)) {
            stopOnSignal(Thread.currentThread());
            return run(conf, LoggerFactory.getLogger(Main.class));
        } finally {
            stopped.countDown();
        }
    }

    private int run(SchedulerConf conf, Logger log) {
        Closer closer = new Closer();
        try {
            Scheduler.start(conf, Clock.systemUTC(), closer);
            System.err.println("OK");
            forever.await();
            throw new IllegalStateException("nobody opens this latch");
        } catch (InterruptedException e) {
            return stop(closer, log);
        } catch (Exception e) {
            if (Thread.interrupted()) {
                log.debug("interrupted while starting", e);
                return stop(closer, log);
            }
            log.error("cannot start", e);
            closer.closeLogging();
            return fatal(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static int stop(Closer closer, Logger log) {
        log.info("stopping");
        try {
            closer.close();
            log.info("stopped");
            return OK;
        } catch (Exception e) {
            log.error("stopping failed", e);
            return FAILED;
        }
    }

    /** The virtual machine would end with the signal's number: it ends with ours when everything is stopped. */
    private void stopOnSignal(Thread main) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitStop(main), "stop"));
    }

    private void awaitStop(Thread main) {
        if (stopped.getCount() == 0) {
            return; // the program ends by itself
        }
        main.interrupt();
        try {
            boolean clean = stopped.await(STOP_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(clean ? OK : FAILED);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static int fatal(String reason) {
        System.out.println("FATAL: " + reason);
        return START_FAILED;
    }
}
