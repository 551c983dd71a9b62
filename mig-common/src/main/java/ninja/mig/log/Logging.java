package ninja.mig.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import ninja.mig.conf.ConfException;
import org.slf4j.LoggerFactory;

/** Sets up where the log of a program goes. */
public final class Logging implements AutoCloseable {
    /** Libraries that say more than an operator wants to know. */
    private static final Map<String, Level> QUIET = Map.of(
            "com.rabbitmq.client", Level.ERROR,
            "com.rabbitmq.client.impl.SocketFrameHandler", Level.OFF, // it logs what it throws
            "com.zaxxer.hikari", Level.WARN,
            "org.postgresql", Level.WARN,
            "org.eclipse.jetty", Level.WARN,
            "org.glassfish", Level.WARN,
            "org.apache.qpid", Level.WARN,
            "org.testcontainers", Level.WARN,
            "io.zonky", Level.WARN);

    private final LoggerContext context;

    private Logging(LoggerContext context) {
        this.context = context;
    }

    /**
     * Directs every logger of this process.
     *
     * @param program the tag in syslog: {@code mig-scheduler}
     * @param stream where mode {@code stdout} writes: the agent's standard output belongs to its modules
     * @return writes what waits and ends the logging when it is closed: the last thing that a program does
     * @throws ConfException if the log file cannot be opened
     */
    public static Logging setUp(LoggingConf conf, String program, PrintStream stream) {
        Destination destination = destination(conf, program, stream);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        install(context, destination, conf.level());
        return new Logging(context);
    }

    /**
     * Sends the syslog, or a syslog server, one line of the lowest severity.
     *
     * @throws IOException if nobody takes it; over udp that is known of servers on this host alone
     */
    public static void trySyslog(LoggingConf conf, String program) throws IOException {
        Destination syslog = syslog(conf, program);
        try {
            syslog.write(Instant.now(), Severity.DEBUG, "- - - [debug] is anybody listening?");
        } finally {
            syslog.close();
        }
    }

    private static Destination destination(LoggingConf conf, String program, PrintStream stream) {
        try {
            return switch (conf.mode()) {
                case STDOUT -> new StreamDestination(stream);
                case FILE -> safe(new FileDestination(conf.file().orElseThrow(), conf.maxFileSize()));
                case SYSLOG -> new QueuedDestination(safe(syslog(conf, program)));
            };
        } catch (IOException e) {
            throw new ConfException(
                    "[logging] file: cannot write to " + conf.file().orElseThrow() + ": " + e);
        }
    }

    private static Destination syslog(LoggingConf conf, String program) {
        return conf.isLocal() ? new LocalSyslog(conf, program) : new SyslogDestination(conf, program);
    }

    private static Destination safe(Destination destination) {
        return new SafeDestination(destination, System.err);
    }

    static void install(LoggerContext context, Destination destination, Severity level) {
        context.reset();
        LineAppender lines = new LineAppender(destination, level);
        lines.setContext(context);
        lines.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(logback(level));
        root.addAppender(lines);
        QUIET.forEach((name, least) -> context.getLogger(name).setLevel(stricter(least, logback(level))));
    }

    private static Level stricter(Level a, Level b) {
        return a.isGreaterOrEqual(b) ? a : b;
    }

    private static Level logback(Severity level) {
        return switch (level) {
            case EMERGENCY, ALERT, CRITICAL, ERROR -> Level.ERROR;
            case WARNING -> Level.WARN;
            case NOTICE, INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    @Override
    public void close() {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
    }
}
