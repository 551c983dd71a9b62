package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.agent.service.Detached;
import ninja.mig.agent.service.ForeignUnit;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.agent.service.NoServiceToolException;
import ninja.mig.agent.service.Respawns;
import ninja.mig.agent.service.Service;
import ninja.mig.agent.service.ServiceCommand;
import ninja.mig.agent.service.ServiceTool;
import ninja.mig.agent.service.Start;
import ninja.mig.agent.service.Watchdog;
import ninja.mig.log.LoggingConf;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first thing that an agent's process does: it serves, or hands over to a service or to a process in the background. */
final class ServiceStart {
    private static final Logger log = LoggerFactory.getLogger(ServiceStart.class);

    private static final Duration TOOL = Duration.ofSeconds(60);

    private final Start start;
    private final boolean hasSocket;
    private final boolean logsToStream;
    private final AgentProgram program;
    private final Optional<Path> configFile;
    private final HostFiles host;
    private final ServiceTool tool;
    private final Takeover takeover;
    private final PrintStream err;

    /**
     * @param hasSocket whether the agent can be asked if it lives
     * @param logsToStream whether the log goes to the standard error, which is nowhere in the background
     * @param takeover what is done in an upgrade before the old agent is ended
     * @param err the standard error
     */
    ServiceStart(
            Start start,
            boolean hasSocket,
            boolean logsToStream,
            AgentProgram program,
            Optional<Path> configFile,
            HostFiles host,
            ServiceTool tool,
            Takeover takeover,
            PrintStream err) {
        this.start = start;
        this.hasSocket = hasSocket;
        this.logsToStream = logsToStream;
        this.program = program;
        this.configFile = configFile;
        this.host = host;
        this.tool = tool;
        this.takeover = takeover;
        this.err = err;
    }

    /** Of this process, on this host. */
    static ServiceStart of(AgentFlags flags, AgentSettings settings, Takeover takeover, PrintStream err)
            throws IOException {
        String os = EnvironmentProbe.os();
        long self = ProcessHandle.current().pid();
        long parent = ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
        Start start = new Start(
                os,
                init(os),
                flags.foreground(),
                flags.service().upgrade(),
                flags.service().managed(),
                Start.isSystemd(System.getenv(), self),
                parent == 1 || self == 1,
                settings.installService(),
                settings.isImmortal() && !flags.debug());
        return new ServiceStart(
                start,
                !settings.socket().isEmpty() && AgentFlags.has("q"),
                settings.logging().mode() == LoggingConf.Mode.STDOUT,
                AgentProgram.self(),
                flags.configFile(),
                new HostFiles(Path.of("/")),
                tool(),
                takeover,
                err);
    }

    private static String init(String os) {
        return new EnvironmentProbe(Path.of("/"), new HostCommand(TOOL)).init(os);
    }

    private static ServiceTool tool() {
        return new ServiceTool(HostCommand.PATH, TOOL);
    }

    /** Stops and removes this host's service and its watchdog, whatever the configuration says. */
    static void remove() throws IOException, InterruptedException {
        new Watchdog(new HostFiles(Path.of("/"))).remove();
        ofThisHost().remove();
    }

    /** Asks the manager of this host's service for the end of this agent, which it starts again otherwise. */
    static void leave() throws IOException, InterruptedException {
        ofThisHost().leave();
    }

    private static Service ofThisHost() throws IOException {
        return service(new HostFiles(Path.of("/")), Optional.empty());
    }

    /**
     * The service of this host's init system.
     *
     * @param configFile that the agent is given on its command line
     */
    static Service service(HostFiles host, Optional<Path> configFile) throws IOException {
        String os = EnvironmentProbe.os();
        Path java = Path.of(AgentProgram.self().java());
        return new Service(
                os,
                init(os),
                host,
                tool(),
                new ServiceCommand(
                        ServiceCommand.stableName(os),
                        configFile.map(file -> file.toAbsolutePath().normalize()),
                        java,
                        RunDir.unusual(os)));
    }

    /**
     * Does what is to be done before an agent serves.
     *
     * @return whether this process is to serve; otherwise another one does or will
     * @throws RejectedException if a service of this agent cannot be described
     * @throws IOException if the service cannot be installed, or no process started
     */
    boolean isMine() throws IOException, RejectedException, InterruptedException {
        Start.Plan plan = start.plan();
        if (start.isService()) {
            watch(plan.watchdog() && hasSocket);
        }
        if (start.upgrade() && plan.deed() != Start.Deed.SERVE) {
            takeOver(plan.deed());
            return false;
        }
        switch (plan.deed()) {
            case INSTALL:
                installOrDetach();
                return false;
            case DETACH:
                detach();
                return false;
            default:
                return true;
        }
    }

    /** @param runDir where resurrections are counted */
    Immortality immortality(Path runDir, Clock clock) throws IOException {
        return new Immortality(
                start.immortal() && !start.plan().managed(),
                new Respawns(runDir.resolve(".respawn"), clock),
                another(),
                () -> Runtime.getRuntime().halt(Main.INTERNAL));
    }

    /** @param wanted whether cron is to look after this agent; it would start one that cannot answer again and again */
    private void watch(boolean wanted) throws RejectedException {
        Watchdog watchdog = new Watchdog(host);
        try {
            if (!wanted) {
                watchdog.remove();
            } else if (watchdog.write(command())) {
                log.debug("cron looks after this agent");
            }
        } catch (IOException e) {
            log.warn("cron cannot be told whether to look after this agent: {}", e.getMessage());
        }
    }

    /** All that can go wrong is tried before anything is done to the old agent, which the upgrade's failure leaves alone. */
    private void takeOver(Start.Deed deed) throws IOException, RejectedException, InterruptedException {
        try (Takeover begun = takeover) {
            Optional<ForeignUnit> unit = begun.foreignUnit(start.installService(), tool);
            if (unit.isPresent()) {
                unit.get().check(program.jar().orElseThrow(ServiceStart::noFile));
            }
            boolean installs = unit.isEmpty() && deed == Start.Deed.INSTALL && canInstall();
            begun.begin();
            begun.connect();
            if (unit.isEmpty() && !installs) {
                detach();
                return;
            }
            begun.tellReady();
            makeArchive();
            begun.awaitAnswers();
            if (unit.isPresent()) {
                log.info("unit {} is restarted, with this version of the agent", unit.get());
                unit.get().restart();
            } else {
                install();
            }
        }
    }

    private void installOrDetach() throws IOException, RejectedException, InterruptedException {
        if (canInstall()) {
            makeArchive();
            install();
            tellHowToUndo();
        } else {
            detach();
        }
    }

    /** @return false if this host cannot be told of a service */
    private boolean canInstall() throws IOException, RejectedException {
        if (program.jar().isEmpty() || !start.os().equals("windows") && !program.isLauncher()) {
            throw new RejectedException("a service runs the launcher mig-agent, and this agent was started from "
                    + program.jar().map(Path::toString).orElse("its class path")
                    + ": start the launcher, or set installservice = off");
        }
        try {
            service().check(program.jar().get());
            return true;
        } catch (NoServiceToolException e) {
            log.error("no service can be installed, the agent runs in the background: {}", e.getMessage());
            return false;
        }
    }

    private void makeArchive() throws IOException, InterruptedException {
        Optional<ClassArchive> archive = ClassArchive.ofThisAgent();
        if (archive.isPresent() && !archive.get().exists()) {
            try {
                archive.get().make(program, configFile);
            } catch (IOException e) {
                log.info("no archive of classes was made, the agent runs without: {}", e.getMessage());
            }
        }
    }

    private void install() throws IOException, RejectedException, InterruptedException {
        Service service = service();
        if (logsToStream && !service.keepsStandardError()) {
            log.warn(
                    "the service has no log: [logging] mode is 'stdout', which {} does not keep; set it to 'file' or 'syslog'",
                    start.init());
        }
        try {
            service.install(program.jar().orElseThrow(ServiceStart::noFile), start.upgrade());
        } catch (NoServiceToolException e) {
            throw new IOException("the service cannot be installed any more: " + e.getMessage(), e);
        }
    }

    /** At once and on the terminal, wherever the log goes: who only wanted to try an agent has a service now. */
    private void tellHowToUndo() throws IOException, RejectedException {
        String agent =
                (program.isLauncher() ? "" : "java -jar ") + program.jar().orElseThrow(ServiceStart::noFile);
        err.println(
                "[info] service mig-agent is installed: it runs now, and with each start of this host. To undo that: "
                        + agent + " --remove-service; to run an agent here and install nothing: " + agent + " -f");
    }

    private static RejectedException noFile() {
        return new RejectedException("this agent does not run from one file, and is no service");
    }

    private Service service() throws RejectedException {
        return new Service(start.os(), start.init(), host, tool, command());
    }

    private void detach() throws IOException {
        if (logsToStream) {
            log.warn(
                    "the agent in the background has no log: [logging] mode is 'stdout'; set it to 'file' or 'syslog'");
        }
        log.info("the agent goes on in the background, as process {}", another().start());
    }

    private Detached another() throws IOException {
        return new Detached(
                program.again("-f", configFile),
                Detached.pidFile(start.os(), start.init()).map(host::at));
    }

    private ServiceCommand command() throws RejectedException {
        return ServiceCommand.of(start.os(), configFile, Path.of(program.java()), RunDir.unusual(start.os()));
    }
}
