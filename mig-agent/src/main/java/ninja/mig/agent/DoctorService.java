package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.agent.service.Service;
import ninja.mig.log.LoggingConf;

/** The service of this host's init system that is the agent, and the agent that answers on the stat socket. */
final class DoctorService {
    private static final StatClient.Limits PATIENCE =
            new StatClient.Limits(Duration.ofSeconds(5), Duration.ofSeconds(5));

    private final Page page;
    private final DoctorFiles files;
    private final Path runDir;

    /** @param runDir where the agent keeps its id */
    DoctorService(Page page, DoctorFiles files, Path runDir) {
        this.page = page;
        this.files = files;
        this.runDir = runDir;
    }

    /**
     * Looks at what the init system is told.
     *
     * @param program that runs now, if it is a file
     */
    void definition(Service service, AgentSettings settings, Optional<Path> program) {
        page.section("Service");
        try {
            boolean installed = false;
            for (Service.Definition definition : service.definitions()) {
                if (definition.state() != Service.State.MISSING) {
                    installed = true;
                    definition(definition);
                }
            }
            if (installed) {
                program(service.program(), program);
                if (program.isPresent()) {
                    service.dangers(program.get()).forEach(danger -> page.fix(danger.what(), danger.remedy()));
                }
                log(service, settings);
            } else if (settings.installService()) {
                page.note(
                        "no service is installed yet, and installservice is on",
                        "start the agent by hand, as root: it installs its service");
                log(service, settings);
            } else {
                page.note("no service is installed, and installservice is off");
                background(settings);
            }
        } catch (IOException e) {
            page.note("the service cannot be examined: " + Page.reason(e), "run the doctor as root");
        }
    }

    private void log(Service service, AgentSettings settings) {
        if (isDaemonOnStdout(settings) && !service.keepsStandardError()) {
            page.note(
                    "the service has no log: [logging] mode is 'stdout', which this init system does not keep",
                    "set mode to 'file' or 'syslog'");
        }
    }

    /** A check-in is no service, and its starter has its log. */
    private static boolean isDaemonOnStdout(AgentSettings settings) {
        return settings.logging().mode() == LoggingConf.Mode.STDOUT && !settings.checkin();
    }

    /** Where such an agent goes, unless something else keeps it in the foreground. */
    private void background(AgentSettings settings) {
        if (isDaemonOnStdout(settings)) {
            page.note(
                    "an agent in the background has no log: [logging] mode is 'stdout'",
                    "set mode to 'file' or 'syslog', unless the agent is started with -f");
        }
    }

    private void definition(Service.Definition definition) throws IOException {
        files.closedTo(definition.file(), DoctorFiles.OTHERS_WRITE, "chmod go-w");
        if (definition.state() == Service.State.DIFFERENT) {
            page.note(
                    definition.file()
                            + " is not what this agent writes: it is of another version, of another -c, or was"
                            + " changed",
                    "start the agent by hand to have it written anew; changes of your own belong into a file beside it");
        }
    }

    private void program(Path stable, Optional<Path> program) throws IOException {
        if (!Files.isExecutable(stable)) {
            page.fix(
                    "the service runs " + stable + ", which is not there or cannot be run",
                    "start the agent by hand to have it installed anew");
        } else if (program.isPresent()
                && !stable.toRealPath().equals(program.get().toRealPath())) {
            page.note("the service runs " + stable.toRealPath() + ", which is not this program");
        } else {
            page.ok("the service runs " + stable.toRealPath());
        }
    }

    /** Asks who answers on the socket, as {@code -q} does. */
    void socket(Optional<InetSocketAddress> address) throws InterruptedException {
        page.section("Stat socket");
        if (address.isEmpty()) {
            page.note("none is configured: a running agent cannot be asked how it is");
            return;
        }
        String where = address.get().getAddress().getHostAddress() + ":"
                + address.get().getPort();
        Answer pid = ask(address.get(), "pid");
        if (pid.isGiven()) {
            page.ok("an agent answers on " + where + ": process " + pid.text().strip());
            ask(address.get(), "status")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith("version: ") || line.startsWith("relay: "))
                    .forEach(line -> page.value("it says", line));
        } else if (pid.text().contains(StatClient.NOBODY)) {
            page.note(
                    "nobody listens on " + where + ": no agent runs here", "start the agent, unless it is a check-in");
        } else {
            page.fix(
                    pid.text(),
                    "find out who listens there (ss -ltnp): another program, or an agent with another run directory");
        }
    }

    private record Answer(boolean isGiven, String text) {}

    private Answer ask(InetSocketAddress address, String query) throws InterruptedException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream lines = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            int status = new StatClient(address, runDir, Path.of("/proc"), PATIENCE, lines, lines).run(query);
            String text = said.toString(StandardCharsets.UTF_8);
            return new Answer(
                    status == Main.OK, text.replaceFirst("^\\[error] ", "").strip());
        }
    }
}
