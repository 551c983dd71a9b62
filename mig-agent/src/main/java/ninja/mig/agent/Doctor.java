package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.model.RejectedException;

/**
 * Examines an agent on its host and says on one page what is good and what to do about the rest. It needs neither root nor
 * the relay, changes nothing on the host, and ends within three minutes even if nobody answers.
 */
final class Doctor {
    private static final Duration HOST_COMMAND = Duration.ofSeconds(5);

    private final Page page;
    private final BuiltinConfig builtin;
    private final Path runDir;
    private final HostFiles host;
    private final Clock clock;

    /** @param runDir where the agent keeps its identity */
    Doctor(Page page, BuiltinConfig builtin, Path runDir, HostFiles host, Clock clock) {
        this.page = page;
        this.builtin = builtin;
        this.runDir = runDir;
        this.host = host;
        this.clock = clock;
    }

    /**
     * Prints the page.
     *
     * @param confFile that the command line names, if it does
     * @param environment of this process
     * @return whether there is nothing to put right
     */
    boolean examine(Optional<Path> confFile, Path defaultConf, Map<String, String> environment)
            throws InterruptedException {
        String os = EnvironmentProbe.os();
        String hostname = new EnvironmentProbe(Path.of("/"), new HostCommand(HOST_COMMAND)).hostname(os);
        page.section("mig-agent " + Main.version());
        page.value("host", hostname + " (" + os + ")");
        page.value("user", System.getProperty("user.name"));
        page.value("java", System.getProperty("java.version") + " in " + System.getProperty("java.home"));
        Optional<AgentConf> conf = new DoctorConf(page).load(confFile, defaultConf, builtin);
        new DoctorKeys(page, builtin, clock).examine();
        DoctorFiles files = new DoctorFiles(page, runDir);
        Optional<Path> program = program();
        files.examine(program, conf.map(c -> c.settings().logging()));
        Optional<AgentIdentity> identity = identity(os, hostname);
        identity.ifPresent(i -> page.hide(i.queueLoc().uid()));
        if (conf.isPresent()) {
            service(new DoctorService(page, files, runDir), conf.get(), confFile, program);
            new DoctorRelay(page, conf.get(), clock).examine(environment, identity);
            new DoctorClock(page, DoctorClock.LIMIT, clock)
                    .examine(conf.get().settings().api(), conf.get().proxies());
        } else {
            page.section("Service, stat socket, relay, clock");
            page.note("not checked, since the configuration is refused");
        }
        page.section("Summary");
        if (page.faults() == 0) {
            page.ok("nothing to put right");
        } else {
            page.note(page.faults() + (page.faults() == 1 ? " thing" : " things") + " to put right, see FIX above");
        }
        return page.faults() == 0;
    }

    private void service(DoctorService examination, AgentConf conf, Optional<Path> confFile, Optional<Path> program)
            throws InterruptedException {
        try {
            examination.definition(ServiceStart.service(host, confFile), conf.settings(), program);
        } catch (IOException e) {
            page.note(
                    "the service cannot be examined: " + Page.reason(e),
                    "run the doctor as the user that the agent runs as");
        }
        examination.socket(conf.statSocket());
    }

    private Optional<AgentIdentity> identity(String os, String hostname) {
        page.section("Identity");
        try {
            Optional<AgentIdentity> known = AgentIdentity.known(RunDir.existing(runDir), os, hostname);
            if (known.isPresent()) {
                page.ok("this endpoint is " + known.get());
            } else if (Files.exists(runDir.resolve(AgentIdentity.FILE))) {
                page.note(
                        runDir.resolve(AgentIdentity.FILE) + " does not hold an agent id",
                        "start the agent: it draws a new one, and the platform will see a new agent");
            } else {
                page.note("this endpoint has no agent id yet: it is drawn when the agent starts for the first time");
            }
            return known;
        } catch (IOException e) {
            page.note(
                    "the agent id is not known: " + Page.reason(e),
                    "run the doctor as the user that the agent runs as");
        } catch (RejectedException e) {
            page.fix(e.getMessage(), "give the host a name; an agent runs on linux, windows and darwin");
        }
        return Optional.empty();
    }

    private Optional<Path> program() {
        try {
            return AgentProgram.self().jar();
        } catch (IOException e) {
            page.fix(
                    "the program cannot be examined: " + Page.reason(e),
                    "run the doctor as the user that the agent runs as");
            return Optional.empty();
        }
    }
}
