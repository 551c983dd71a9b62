package ninja.mig.workers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.conf.IniFile;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Tty;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "agent-verif",
        aliases = "agent_verif",
        description =
                "Prints the heartbeats of agents that the scheduler's whitelist refuses, one line each. Its log goes"
                        + " to standard error.",
        footer = {"", "Reads /etc/mig/agent_verif_worker.cfg or /etc/mig/mig-worker-agent-verif.cfg."})
final class AgentVerifCommand extends WorkerCommand<AgentVerifConf> {
    /** For the writing of a line; a question is not waited for. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--whitelist",
            paramLabel = "<file>",
            description = "the scheduler's whitelist: ask about each agent, at this terminal, and add those that are"
                    + " confirmed. Run this on the scheduler's machine as the owner of the file")
    private Optional<Path> whitelist = Optional.empty();

    AgentVerifCommand() {
        super(
                Worker.AGENT_VERIF,
                List.of(Path.of("/etc/mig/agent_verif_worker.cfg"), Path.of("/etc/mig/mig-worker-agent-verif.cfg")));
    }

    @Override
    AgentVerifConf read(IniFile ini) {
        return AgentVerifConf.read(ini);
    }

    @Override
    PrintStream logStream() {
        return System.err;
    }

    @Override
    Duration grace() {
        return GRACE;
    }

    @Override
    public Integer call() {
        if (whitelist.isPresent() && !(Tty.STDIN.isTerminal() && Tty.STDERR.isTerminal())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--whitelist needs a terminal: a person must confirm each agent");
        }
        return super.call();
    }

    @Override
    EventHandler handler(AgentVerifConf conf, Clock clock, Closer closer, Consumer<String> fail) throws IOException {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        PayloadPrinter printer = new PayloadPrinter(out, fail);
        if (whitelist.isEmpty()) {
            return printer;
        }
        WhitelistFile file = WhitelistFile.open(whitelist.get());
        return new AgentVerification(printer, file, new Operator(System.in, System.err, fail), System.err);
    }
}
