package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MigJson;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.ModuleProcess;
import ninja.mig.modules.Modules;
import ninja.mig.relay.RelayException;
import ninja.mig.runtime.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code mig-agent}: daemon, check-in, or the process of one module. */
public final class Main {
    static final int OK = 0;
    static final int FATAL = 1;
    static final int USAGE = 2;
    static final int QUERY_FAILED = 10;
    static final int INTERNAL = 70;

    private static final long SHUTDOWN_MILLIS = 15_000;
    private static final Duration MEASUREMENT = Duration.ofDays(1);

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Arrays.asList(args), System.out, System.err));
    }

    /** @return the exit status */
    static int run(List<String> args, PrintStream out, PrintStream err) {
        try {
            if (Subcommand.isNamedBy(args)) {
                Path runDir = RunDir.location(EnvironmentProbe.os());
                return new Subcommand(out, err, runDir, Clock.systemUTC()).run(args);
            }
            return run(AgentFlags.parse(args), out, err);
        } catch (AgentFlags.UsageException e) {
            err.println(e.getMessage());
            err.print(AgentFlags.USAGE);
            return USAGE;
        } catch (ConfException e) {
            err.println("[error] " + e.getMessage());
            return FATAL;
        } catch (Throwable e) { // The last line of defence: an unplanned end is never status 0.
            err.println("[critical] internal error: " + e);
            e.printStackTrace(err);
            return INTERNAL;
        }
    }

    private static int run(AgentFlags flags, PrintStream out, PrintStream err) throws InterruptedException {
        if (flags.help()) {
            out.print(AgentFlags.USAGE);
            out.println(
                    "Modules of version " + version() + "; an agent has those that its configuration lists, see -S:");
            Modules.installed().lines().forEach(line -> out.println("  " + line));
            return OK;
        }
        if (flags.version()) {
            out.println(version());
            return OK;
        }
        if (flags.list()) {
            modules().forEach(out::println);
            return OK;
        }
        if (flags.isModule()) {
            return runModule(flags, out);
        }
        BuiltinConfig builtin = BuiltinConfig.load();
        if (flags.settings()) {
            new EffectiveSettings(load(flags, builtin, err)).all().forEach(setting -> out.println(setting.line()));
            return OK;
        }
        if (flags.query().isPresent()) {
            return query(flags.query().get(), load(flags, builtin, err), out, err);
        }
        if (flags.actionFile().isPresent()) {
            return ActionFile.run(flags.actionFile().get(), flags.print(), builtin.availableModules(), out, err);
        }
        if (flags.service().moduleCommand() && !flags.isAgent()) {
            return printModuleCommand(flags, out, err);
        }
        if (flags.print()) {
            err.println("flag -p prints the result of a module: name one with -m, or an action with -i");
            return USAGE;
        }
        if (flags.service().remove()) {
            return removeService(err);
        }
        if (flags.service().archive()) {
            return makeArchive(flags, err);
        }
        AgentConf conf = load(flags, builtin, err);
        LoggingConf logging = flags.debug()
                ? LoggingConf.toStream(Severity.DEBUG)
                : conf.settings().logging();
        try (Logging set = Logging.setUp(logging, "mig-agent", err)) {
            return flags.service().warmUp() ? warmUp() : runAgent(flags, conf, out, err);
        }
    }

    private static int removeService(PrintStream err) throws InterruptedException {
        try (Logging set = Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", err)) {
            ServiceStart.remove();
            return OK;
        } catch (IOException e) {
            err.println("[error] the service cannot be removed: " + e);
            return FATAL;
        }
    }

    private static int makeArchive(AgentFlags flags, PrintStream err) throws InterruptedException {
        try (Logging set = Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", err)) {
            ClassArchive archive = ClassArchive.ofThisAgent()
                    .orElseThrow(() -> new IOException("only the launcher mig-agent uses one"));
            if (archive.exists()) {
                archive.deleteOthers();
                LoggerFactory.getLogger(Main.class).info("the archive of classes is there already");
            } else {
                archive.make(AgentProgram.self(), flags.configFile());
            }
            return OK;
        } catch (IOException e) {
            err.println("[error] no archive of classes was made: " + e.getMessage());
            return FATAL;
        }
    }

    private static int warmUp() {
        try {
            WarmUp.run();
            return OK;
        } catch (IOException e) {
            LoggerFactory.getLogger(Main.class).error("the agent could not be warmed up: {}", e.getMessage(), e);
            return FATAL;
        }
    }

    private static AgentConf load(AgentFlags flags, BuiltinConfig builtin, PrintStream err) {
        return AgentConf.load(flags.configFile(), AgentConf.defaultFile(EnvironmentProbe.os()), builtin, err);
    }

    private static int query(String query, AgentConf conf, PrintStream out, PrintStream err)
            throws InterruptedException {
        Optional<InetSocketAddress> socket = conf.statSocket();
        if (socket.isEmpty()) {
            err.println("[error] no stat socket is configured: [agent] socket, or SOCKET, is empty");
            return QUERY_FAILED;
        }
        return new StatClient(
                        socket.get(),
                        RunDir.location(EnvironmentProbe.os()),
                        Path.of("/proc"),
                        StatClient.Limits.USUAL,
                        out,
                        err)
                .run(query);
    }

    /** A line for each: its name, its version, whether this agent runs it, what it does. */
    private static List<String> modules() {
        Modules installed = Modules.installed();
        return installed.names().stream()
                .map(name -> "%-14s %-24s %-4s %s"
                        .formatted(
                                name,
                                version(),
                                BuiltinConfig.lists(name) ? "on" : "off",
                                installed.byName(name).orElseThrow().description()))
                .toList();
    }

    /** The version that was compiled in with the configuration, else the jar's. */
    static String version() {
        try {
            String built = BuiltinConfig.load().version();
            return built.isEmpty() ? Version.of(Main.class) : built;
        } catch (ConfException e) {
            // An agent without a configuration can tell its version all the same.
            return Version.of(Main.class);
        }
    }

    /** The process of one module; a module that is not in the built-in list is as good as missing. */
    private static int runModule(AgentFlags flags, PrintStream out) {
        if (BuiltinConfig.lists(flags.mode())) {
            return ModuleProcess.main(flags.mode(), flags.print());
        }
        ModuleResult result = new Outcome.Unavailable(flags.mode()).result();
        out.println(flags.print() ? String.join("\n", result.errors()) : MigJson.text(result));
        return OK;
    }

    /** How agents start this module, one word a line, for who measures it. The archive of classes is made for it. */
    private static int printModuleCommand(AgentFlags flags, PrintStream out, PrintStream err)
            throws InterruptedException {
        try (Logging set = Logging.setUp(LoggingConf.toStream(Severity.WARNING), "mig-agent", err)) {
            Optional<ClassArchive> archive = ClassArchive.ofThisAgent();
            if (archive.isPresent() && !archive.get().exists()) {
                archive.get().make(AgentProgram.self(), flags.configFile());
            }
            Instant deadline = Clock.systemUTC().instant().plus(MEASUREMENT);
            try (Processors.Share share = Processors.ofThisHost().take()) {
                ModuleProgram.self()
                        .process(flags.mode(), share, deadline)
                        .command()
                        .forEach(out::println);
            }
            return OK;
        } catch (IOException e) {
            err.println("[error] the module could not be started: " + e.getMessage());
            return FATAL;
        }
    }

    private static int runAgent(AgentFlags flags, AgentConf conf, PrintStream out, PrintStream err)
            throws InterruptedException {
        Logger log = LoggerFactory.getLogger(Main.class);
        AgentSettings settings = conf.settings();
        boolean checkin = settings.checkin() || flags.mode().equals(AgentFlags.CHECKIN);
        Path runDir = RunDir.location(EnvironmentProbe.os());
        try {
            if (checkin) {
                int status = serve(flags, conf, true, runDir, ServiceStart::leave);
                haveArchiveMade(flags);
                return status;
            }
            if (flags.service().watchdog() && !isMissed(runDir)) {
                return OK;
            }
            ServiceStart start = ServiceStart.of(flags, settings, Takeover.of(conf, out, runDir), err);
            if (!start.isMine()) {
                return OK;
            }
            Immortality immortality = start.immortality(runDir, Clock.systemUTC());
            Thread.setDefaultUncaughtExceptionHandler(immortality);
            Optional<ClassArchive> archive = ClassArchive.ofThisAgent();
            if (archive.isPresent()) {
                archive.get().makeInBackground(AgentProgram.self(), flags.configFile());
            }
            try {
                return serve(flags, conf, false, runDir, ServiceStart::leave);
            } catch (ConfException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                log.error("internal error, this agent ends", e);
                immortality.resurrect();
                throw e;
            }
        } catch (RelayException e) {
            log.error("the agent cannot run: {}", e.getMessage());
            return FATAL;
        } catch (IOException | RejectedException e) {
            log.error("the agent cannot run: {}", e.getMessage(), e);
            if (flags.service().upgrade()) {
                // For the old agent, which answers with it, wherever the log of this one goes.
                err.println("[error] " + e.getMessage());
            }
            return FATAL;
        }
    }

    /** For the next check-in; whatever comes of it, this one has its status. */
    static void haveArchiveMade(AgentFlags flags) {
        try {
            Optional<ClassArchive> archive = ClassArchive.ofThisAgent();
            if (archive.isPresent()) {
                archive.get().haveMadeOnceADay(AgentProgram.self(), flags.configFile());
            }
        } catch (IOException | RuntimeException e) {
            LoggerFactory.getLogger(Main.class)
                    .info("no archive of classes is made, check-ins start without: {}", e.toString());
        }
    }

    /** Whether cron is to start an agent, since none answers on the stat socket. */
    static boolean isMissed(Path runDir) throws IOException {
        Logger log = LoggerFactory.getLogger(Main.class);
        if (SignOfLife.isGiven(runDir)) {
            log.info("an agent lives on this host, though its stat socket does not answer: none is started");
            return false;
        }
        if (ShutdownMark.isSet(runDir)) {
            log.info("the agent of this host was asked to end: none is started");
            return false;
        }
        return true;
    }

    /** Asks the service manager, which starts the agent again whatever its exit status, to let it end. */
    interface Leaving {
        void leave() throws IOException, InterruptedException;
    }

    /** @param manager of this process, if it has one */
    static int serve(AgentFlags flags, AgentConf conf, boolean checkin, Path runDir, Leaving manager)
            throws IOException, RejectedException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        try (ShutdownLimit limit = new ShutdownLimit(Duration.ofMillis(SHUTDOWN_MILLIS));
                AgentDaemon agent = new AgentDaemon(conf, checkin ? "checkin" : "daemon", runDir, Clock.systemUTC())) {
            closeAtExit(agent, ended);
            if (checkin) {
                return agent.checkIn() ? OK : FATAL;
            }
            ShutdownMark mark = new ShutdownMark(RunDir.existing(runDir));
            mark.clear();
            boolean asked = agent.serve(conf.settings().isImmortal() && !flags.debug());
            limit.start();
            if (asked) {
                remember(mark);
            }
            if (asked && flags.service().managed()) {
                leave(manager);
            }
            return OK;
        } finally {
            ended.countDown();
        }
    }

    private static void remember(ShutdownMark mark) {
        try {
            mark.set(Clock.systemUTC().instant());
        } catch (IOException e) {
            LoggerFactory.getLogger(Main.class)
                    .error("cron is not told that this agent was asked to end, and may start it: {}", e.getMessage());
        }
    }

    private static void leave(Leaving manager) throws InterruptedException {
        try {
            manager.leave();
        } catch (IOException e) {
            LoggerFactory.getLogger(Main.class)
                    .error("the service manager was not told, and will start the agent again: {}", e.getMessage());
        }
    }

    /** A signal ends the agent in an orderly way, with status 0, within 15 seconds. */
    private static void closeAtExit(AgentDaemon agent, CountDownLatch ended) {
        Thread closing = new Thread(agent::close, "closing");
        closing.setDaemon(true);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (ended.getCount() == 0) {
                                return;
                            }
                            closing.start();
                            try {
                                closing.join(SHUTDOWN_MILLIS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            Runtime.getRuntime().halt(OK);
                        },
                        "shutdown"));
    }
}
