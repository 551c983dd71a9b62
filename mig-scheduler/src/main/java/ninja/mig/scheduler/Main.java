package ninja.mig.scheduler;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import ninja.mig.conf.ConfException;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.log.Logging;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.runtime.Daemon;
import ninja.mig.runtime.Version;
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

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() {
        if (version) {
            System.out.println(Version.of(Main.class));
            return Daemon.OK;
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
        return Daemon.OK;
    }

    private static int printKey(SchedulerConf conf) {
        try (Database database = Database.open(conf.postgres(), Scheduler.NAME)) {
            SchedulerKey key = SchedulerKey.load(new Investigators(database), Clock.systemUTC());
            System.out.println(key.armoredPublic());
            System.out.println(key.acl());
            return Daemon.OK;
        } catch (SQLException | BadKeyException e) {
            return fatal(e.getMessage());
        }
    }

    private static int run(SchedulerConf conf) {
        System.err.println("Initializing Scheduler context...");
        return new Daemon(System.out).run(() -> Logging.setUp(conf.logging(), Scheduler.NAME, System.out), closer -> {
            Scheduler.start(conf, Clock.systemUTC(), closer);
            System.err.println("OK");
        });
    }

    private static int fatal(String reason) {
        System.out.println("FATAL: " + reason);
        return Daemon.START_FAILED;
    }
}
