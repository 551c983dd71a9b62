package ninja.mig.workers;

import ninja.mig.runtime.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "mig-worker",
        description = "Does something about the events of the scheduler: which worker it is, the first argument says.",
        subcommands = {AgentVerifCommand.class, AgentIntelCommand.class, ComplianceItemCommand.class},
        footer = {
            "",
            "Runs in the foreground until SIGTERM or SIGINT.",
            "Exit codes: 0 stopped in order, 1 failed while running, 2 wrong usage, 9 could not start."
        })
final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-V", "--V", "--version"},
            description = "print the version and exit")
    private boolean version;

    @Option(
            names = {"-h", "-help", "--help"},
            usageHelp = true,
            description = "print this and exit")
    private boolean help;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        if (!version) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Missing the worker's name");
        }
        System.out.println(Version.of(Main.class));
    }
}
