package ninja.mig.workers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.log.Logging;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Daemon;
import ninja.mig.runtime.Version;
import picocli.CommandLine.Option;

/** What the commands have in common: flags, configuration, start and stop. */
abstract class WorkerCommand<C extends WorkerConf> implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Worker worker;
    private final List<Path> defaultFiles;

    @Option(
            names = {"-c", "--c"},
            paramLabel = "<file>",
            description = "configuration file, if not the usual one")
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
            names = {"-h", "-help", "--help"},
            usageHelp = true,
            description = "print this and exit")
    private boolean help;

    /** @param defaultFiles where the configuration is looked for */
    WorkerCommand(Worker worker, List<Path> defaultFiles) {
        this.worker = worker;
        this.defaultFiles = defaultFiles;
    }

    /** @throws ConfException with every problem of the file */
    abstract C read(IniFile ini);

    /**
     * Makes what deals with the events.
     *
     * @param closer stops it, after the last event
     * @param fail ends the program
     */
    abstract EventHandler handler(C conf, Clock clock, Closer closer, Consumer<String> fail)
            throws IOException, InterruptedException;

    /** Where log mode {@code stdout} writes. */
    PrintStream logStream() {
        return System.out;
    }

    /** What the event at hand is given at the end. */
    Duration grace() {
        return GRACE;
    }

    Worker worker() {
        return worker;
    }

    @Override
    public Integer call() {
        if (version) {
            System.out.println(Version.of(Main.class));
            return Daemon.OK;
        }
        try {
            C conf = read(file.map(IniFile::load).orElseGet(() -> IniFile.loadFirst(defaultFiles)));
            if (check) {
                System.out.println("the configuration is valid");
                return Daemon.OK;
            }
            return run(conf);
        } catch (ConfException e) {
            System.out.println("FATAL: " + e.getMessage());
            return Daemon.START_FAILED;
        }
    }

    private int run(C conf) {
        System.err.println("Initializing worker " + worker.name() + "...");
        Daemon daemon = new Daemon(System.out);
        return daemon.run(() -> Logging.setUp(conf.logging(), worker.name(), logStream()), closer -> {
            Clock clock = Clock.systemUTC();
            worker.start(conf.mq(), handler(conf, clock, closer, daemon::fail), grace(), clock, closer);
            System.err.println("OK");
        });
    }
}
