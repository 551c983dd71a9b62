package ninja.mig.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Investigator;
import ninja.mig.model.RejectedException;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Version;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program {@code mig-api}. */
@Command(
        name = "mig-api",
        description = "Serves the REST API of MIG: investigators launch actions and read results through it.",
        sortOptions = false)
final class Main implements Callable<Integer> {
    /** Wrong configuration, or the program cannot listen. */
    private static final int FATAL = 9;

    private static final int REFUSED = 1;

    @Option(
            names = {"-c", "--c"},
            paramLabel = "<file>",
            description = "configuration file (default: /etc/mig/api.cfg)")
    private Path confFile;

    @Option(
            names = {"-d", "--d"},
            description = "debug: log everything to stdout")
    private boolean debug;

    @Option(
            names = {"-V", "--V"},
            description = "print the version and end")
    private boolean version;

    @Option(
            names = "--create-investigator",
            arity = "2",
            paramLabel = "<name> <key file>",
            description = "register an investigator with the public key in the file, and end")
    private List<String> newInvestigator;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "print this and end")
    private boolean help;

    public static void main(String[] args) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        int code = new CommandLine(new Main()).execute(args);
        if (code != 0 || isFinished(args)) {
            System.exit(code);
        }
    }

    /** Whether the program was only asked for something that is done now. */
    private static boolean isFinished(String... args) {
        CommandLine.ParseResult parsed = new CommandLine(new Main()).parseArgs(args);
        return parsed.hasMatchedOption("-V")
                || parsed.hasMatchedOption("-h")
                || parsed.hasMatchedOption("--create-investigator");
    }

    @Override
    public Integer call() {
        if (version) {
            System.out.println(Version.of(Main.class));
            return 0;
        }
        try {
            return newInvestigator == null ? serve() : createInvestigator();
        } catch (ConfException e) {
            System.err.println("FATAL: " + e.getMessage());
        } catch (IOException e) {
            System.err.println("FATAL: " + reason(e));
        }
        return FATAL;
    }

    private static String reason(IOException e) {
        String reason =
                Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse("");
        return e.getMessage() + (reason.isEmpty() ? "" : ": " + reason);
    }

    private int serve() throws IOException {
        System.err.print("Initializing API context...");
        ApiConf conf = configuration();
        Closer closer = new Closer();
        closer.register(Logging.setUp(conf.logging(), "mig-api", System.out));
        try {
            closer.register(ApiServer.start(conf, Clock.systemUTC()));
        } catch (IOException e) {
            closer.closeLogging();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(closer), "stop"));
        System.err.println("OK");
        return 0;
    }

    /** An orderly end is a success, also when a signal asked for it. */
    private static void stop(Closer closer) {
        closer.closeLogging();
        Runtime.getRuntime().halt(0);
    }

    private ApiConf configuration() {
        IniFile ini = confFile == null ? IniFile.loadFirst(ApiConf.DEFAULT_FILES) : IniFile.load(confFile);
        ApiConf conf = ApiConf.read(ini);
        return debug ? conf.withLogging(LoggingConf.toStream(Severity.DEBUG)) : conf;
    }

    /** For the first investigator, whom nobody could let in otherwise; needs the configuration file with the password. */
    private int createInvestigator() throws IOException {
        ApiConf conf = configuration();
        String armored = Files.readString(Path.of(newInvestigator.get(1)), StandardCharsets.UTF_8);
        try (Database database = Database.open(conf.postgres(), "mig-api")) {
            Investigators investigators = new Investigators(database);
            Investigator created = new InvestigatorRegistration(investigators, Clock.systemUTC())
                    .register(newInvestigator.get(0), armored);
            System.out.println("Investigator " + created.id() + " '" + created.name() + "' created with key "
                    + created.pgpFingerprint());
            return 0;
        } catch (RejectedException e) {
            System.err.println("refused: " + e.getMessage());
            return REFUSED;
        } catch (SQLException e) {
            throw new IOException("the database does not do it", e);
        }
    }
}
