package ninja.mig.console;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import ninja.mig.client.ApiConnection;
import ninja.mig.client.ClientConf;
import ninja.mig.client.Colours;
import ninja.mig.client.ExitCode;
import ninja.mig.client.MigClient;
import ninja.mig.client.Program;
import ninja.mig.client.SigningKeys;
import ninja.mig.runtime.Tty;
import ninja.mig.runtime.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "mig-console",
        description = "Looks at agents, actions and investigators.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Main implements Callable<Integer> {
    @Option(
            names = {"-c", "--c"},
            paramLabel = "<path>",
            description = "configuration (default: $MIGRC, else ~/.migrc)")
    private Path conf;

    @Option(
            names = {"-q", "--q"},
            description = "no status screen, no prompts")
    private boolean quiet;

    @Option(
            names = {"-v", "--v"},
            description = "show each request and answer")
    private boolean verbose;

    public static void main(String[] args) {
        System.exit(new Program(System.err).run(new Main(), args));
    }

    @Override
    public Integer call() throws Exception {
        ClientConf client =
                ClientConf.load(conf == null ? ClientConf.defaultPath(System.getenv()) : conf, System.getenv());
        MigClient api = ApiConnection.open(
                client,
                new SigningKeys(client, System.getenv()).signer(),
                "console-" + Version.of(Main.class),
                verbose ? System.err::println : line -> {});
        Colours colours = Tty.STDOUT.hasColours() ? Colours.ON : Colours.OFF;
        if (!quiet) {
            new StatusScreen(api, System.out, colours).print();
            System.out.println("Connected to " + api.base() + ". Exit with ctrl+d. Type help for help.");
        }
        Path history = Path.of(System.getProperty("user.home"), ".mig_history");
        try (Lines lines = Lines.open(Console.WORDS, history)) {
            boolean prompts = !quiet && Tty.STDIN.isTerminal();
            new Console(api, lines, System.out, System.err, colours, !prompts).run();
        }
        return ExitCode.SUCCESS;
    }
}
