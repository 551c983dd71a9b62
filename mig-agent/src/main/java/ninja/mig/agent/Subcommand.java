package ninja.mig.agent;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.conf.ConfException;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.runtime.Tty;

/**
 * What a person asks an agent for by a word before the flags: {@code mig-agent doctor [-c file]} and
 * {@code mig-agent explain [-c file] action.json}. Both only look; neither starts an agent.
 */
final class Subcommand {
    static final String USAGE = """
            Usage of mig-agent doctor [-c file]
              examines configuration, keys, ACL, files, relay and clock of this agent, and says what to put right
            Usage of mig-agent explain [-c file] action.json
              says whether this agent would run an action, and why, without running it
            """;

    private static final String DOCTOR = "doctor";
    private static final String EXPLAIN = "explain";

    private final PrintStream out;
    private final PrintStream err;
    private final Path runDir;
    private final Clock clock;

    /** @param runDir where the agent keeps its identity */
    Subcommand(PrintStream out, PrintStream err, Path runDir, Clock clock) {
        this.out = out;
        this.err = err;
        this.runDir = runDir;
        this.clock = clock;
    }

    /** Whether the first argument names one. */
    static boolean isNamedBy(List<String> args) {
        return !args.isEmpty()
                && List.of(DOCTOR, "-doctor", "--doctor", EXPLAIN).contains(args.get(0));
    }

    /**
     * Does what the arguments ask for.
     *
     * @return the exit status: 0 if all is good or the action would run, 1 if not
     */
    int run(List<String> args) throws AgentFlags.UsageException, InterruptedException {
        List<String> rest = args.subList(1, args.size());
        if (rest.size() == 1 && List.of("-h", "-help", "--help", "--h").contains(rest.get(0))) {
            out.print(USAGE);
            return Main.OK;
        }
        try (Logging quiet = Logging.setUp(LoggingConf.toStream(Severity.EMERGENCY), "mig-agent", err)) {
            return args.get(0).equals(EXPLAIN) ? explain(rest) : doctor(rest);
        }
    }

    private int doctor(List<String> args) throws AgentFlags.UsageException, InterruptedException {
        Optional<Path> confFile = confFile(args);
        Doctor doctor = new Doctor(page(), BuiltinConfig.load(), runDir, new HostFiles(Path.of("/")), clock);
        return doctor.examine(confFile, AgentConf.defaultFile(EnvironmentProbe.os()), System.getenv())
                ? Main.OK
                : Main.FATAL;
    }

    private int explain(List<String> args) throws AgentFlags.UsageException {
        if (args.isEmpty() || args.get(args.size() - 1).startsWith("-")) {
            throw new AgentFlags.UsageException("explain needs the file of an action as its last argument");
        }
        Path action = Path.of(args.get(args.size() - 1));
        Optional<Path> confFile = confFile(args.subList(0, args.size() - 1));
        AgentConf conf;
        try (PrintStream unread = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            conf = AgentConf.load(confFile, AgentConf.defaultFile(EnvironmentProbe.os()), BuiltinConfig.load(), unread);
        } catch (ConfException e) {
            throw new ConfException("the agent would not start with this configuration: " + e.getMessage());
        }
        Page page = page();
        return new Explanation(page, conf, RunDir.existing(runDir), self(page), clock).explain(action)
                ? Main.OK
                : Main.FATAL;
    }

    private Optional<QueueLoc> self(Page page) {
        String os = EnvironmentProbe.os();
        String hostname = new EnvironmentProbe(Path.of("/"), new HostCommand(Duration.ofSeconds(5))).hostname(os);
        try {
            Optional<AgentIdentity> known = AgentIdentity.known(RunDir.existing(runDir), os, hostname);
            known.ifPresent(identity -> page.hide(identity.queueLoc().uid()));
            return known.map(AgentIdentity::queueLoc);
        } catch (IOException e) {
            page.note("which agent this is cannot be told: " + Page.reason(e));
            return Optional.empty();
        } catch (RejectedException e) {
            page.note("which agent this is cannot be told: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Path> confFile(List<String> args) throws AgentFlags.UsageException {
        Optional<Path> confFile = AgentFlags.parse(args).configFile();
        boolean isOneFlag = args.size() == 1 || args.size() == 2 && args.get(0).matches("--?c");
        if (!(args.isEmpty() || confFile.isPresent() && isOneFlag)) {
            throw new AgentFlags.UsageException("doctor and explain take no other flag than -c");
        }
        return confFile;
    }

    private Page page() {
        return new Page(out, out == System.out && Tty.STDOUT.hasColours());
    }
}
