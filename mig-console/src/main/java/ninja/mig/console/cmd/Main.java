package ninja.mig.console.cmd;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import ninja.mig.client.ActionFile;
import ninja.mig.client.ClientConf;
import ninja.mig.client.Colours;
import ninja.mig.client.ExitCode;
import ninja.mig.client.MigClient;
import ninja.mig.client.Program;
import ninja.mig.client.Target;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.model.Times;
import ninja.mig.modules.Module;
import ninja.mig.modules.Modules;
import ninja.mig.runtime.Tty;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mig <module> [options] [module options]}, or {@code mig -i <file> [options]}. */
@Command(
        name = "mig",
        synopsisHeading = "",
        customSynopsis = {
            "usage: mig <module> [options] [module options]",
            "       mig -i <file> [options]",
            "       mig -results <action id> [options]",
            "       mig cancel <action id> [-y] [--json]",
            "       mig <module> help"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "-c", paramLabel = "<path>", description = "configuration (default: $MIGRC, else ~/.migrc)")
    private Path conf;

    @Option(
            names = {"-t", "-target"},
            paramLabel = "<target>",
            description = "which agents: an SQL condition, or the name of a macro (default: " + Target.DEFAULT + ")")
    private String target;

    @Option(
            names = "-e",
            paramLabel = "<duration>",
            defaultValue = "300s",
            description = "how long agents may take the action (default: 300s)")
    private String expire;

    @Option(
            names = "-show",
            paramLabel = "found|notfound|all",
            defaultValue = "found",
            description = "which results are printed (default: found)")
    private String show;

    @Option(names = "-i", paramLabel = "<file>", description = "launch the action of a file; - reads standard input")
    private String input;

    @Option(names = "-results", paramLabel = "<action id>", description = "print the results of an earlier action")
    private String results;

    @Option(names = "-n", paramLabel = "<name>", description = "name of the action (default: the command line)")
    private String name;

    @Option(names = "-p", description = "print the action, unsigned, and end")
    private boolean print;

    @Option(names = "-s", description = "sign the action, print it and end: a second person signs it with -i")
    private boolean sign;

    @Option(names = "-y", description = "launch at once, without the countdown")
    private boolean yes;

    @Option(names = "-nofollow", description = "launch, print the action's id and end")
    private boolean noFollow;

    @Option(names = "-o", paramLabel = "text|json|ndjson", defaultValue = "text", description = "form of the results")
    private String output;

    @Option(names = "-exit-code", description = "exit 0 only if something was found, 1 if nothing was")
    private boolean exitCode;

    @Option(names = "-v", description = "show each request and answer")
    private boolean verbose;

    private final Optional<Module<?>> module;
    private final List<String> moduleWords;
    private final String words;
    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    private Main(
            Optional<Module<?>> module,
            List<String> moduleWords,
            String words,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        this.module = module;
        this.moduleWords = moduleWords;
        this.words = words;
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        int code = run(args, System.getenv(), System.out, System.err);
        Interruption.ended();
        System.exit(code);
    }

    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        boolean askedForHelp =
                args.length == 0 || Set.of("help", "-h", "-help", "--help").contains(args[0]);
        if (askedForHelp) {
            usage(err);
            return ExitCode.USAGE;
        }
        if (args[0].startsWith("-")) {
            Main main = new Main(Optional.empty(), List.of(), String.join(" ", args), environment, out, err);
            return new Program(err).run(main, args);
        }
        if (args[0].equals(CancelOrder.WORD)) {
            String[] rest = Arrays.copyOfRange(args, 1, args.length);
            return new Program(err).run(new CancelOrder(environment, question -> ask(question, err), out, err), rest);
        }
        Optional<Module<?>> module = Modules.installed().byName(args[0]);
        if (module.isEmpty()) {
            err.println("error: there is no module '" + args[0] + "'; there are " + names());
            return ExitCode.USAGE;
        }
        return runModule(module.get(), args, environment, out, err);
    }

    private static int runModule(
            Module<?> module, String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (module.flags().isEmpty()) {
            err.println("error: module '" + module.name() + "' has no command line; write an action file and use -i");
            return ExitCode.UNUSABLE;
        }
        var flags = module.flags().get();
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        CommandSpec own =
                CommandSpec.forAnnotatedObject(new Main(Optional.empty(), List.of(), "", environment, out, err));
        CommandLineWords sorted = CommandLineWords.sort(
                rest,
                option -> own.findOption(option) != null,
                option -> own.findOption(option).arity().max() > 0,
                flags::knows,
                flags::takesValue);
        boolean asksForHelp =
                !sorted.module().isEmpty() && sorted.module().get(0).equals("help");
        if (asksForHelp || sorted.module().isEmpty() && flags.needsWords()) {
            out.println(flags.help());
            out.println("mig help lists the options of mig itself, such as -t, which selects agents");
            return asksForHelp ? ExitCode.SUCCESS : ExitCode.USAGE;
        }
        Main main = new Main(Optional.of(module), sorted.module(), String.join(" ", args), environment, out, err);
        return new Program(err).run(main, sorted.own().toArray(String[]::new));
    }

    private static Optional<String> ask(String question, PrintStream err) throws IOException {
        if (!Tty.STDIN.isTerminal()) {
            return Optional.empty();
        }
        err.print(question);
        err.flush();
        return Optional.of(Objects.requireNonNullElse(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine(), ""));
    }

    private static void usage(PrintStream err) {
        new picocli.CommandLine(new Main(Optional.empty(), List.of(), "", Map.of(), err, err)).usage(err);
        err.println("modules:");
        Modules.installed().lines().forEach(line -> err.println("  " + line));
        err.println();
        err.println("exit codes: 0 success, 1 usage, 2 module or input not usable, 3 configuration or key, 4 API,");
        err.println("            5 action expired, invalid or over, 130 interrupted");
    }

    private static String names() {
        return String.join(", ", Modules.installed().names());
    }

    @Override
    public Integer call() throws Exception {
        if (print && results == null) {
            out.println(MigJson.pretty(Investigation.dated(unsigned(), life(), Clock.systemUTC())));
            return ExitCode.SUCCESS;
        }
        ClientConf client = ClientConf.load(confFile(), environment);
        Investigation investigation = new Investigation(
                client,
                environment,
                out,
                err,
                Tty.STDERR.hasColours() ? Colours.ON : Colours.OFF,
                verbose ? err::println : line -> {},
                Clock.systemUTC());
        if (results != null) {
            return code(investigation.print(id(results), wanted(), form()));
        }
        Action action = action(new Target(client.macros()));
        Duration life = life();
        if (sign) {
            investigation.showSigned(action, life);
            return ExitCode.SUCCESS;
        }
        if (!investigation.confirm(action, yes)) {
            return ExitCode.SUCCESS;
        }
        MigId id = investigation.launch(action, life);
        if (noFollow) {
            out.println(id);
            return ExitCode.SUCCESS;
        }
        investigation.follow(id);
        return code(investigation.print(id, wanted(), form()));
    }

    private Path confFile() {
        return conf == null ? ClientConf.defaultPath(environment) : conf;
    }

    /** Needs no key; and no configuration, unless the target is a name, which only that explains. */
    private Action unsigned() throws Exception {
        if (conf == null && !Files.exists(confFile())) {
            Action action = action(new Target(Map.of()));
            if (!action.target().matches("[\\w.-]+")) {
                return action;
            }
        }
        return action(new Target(ClientConf.load(confFile(), environment).macros()));
    }

    private int code(int agentsWithResults) {
        return exitCode && agentsWithResults == 0 ? 1 : ExitCode.SUCCESS;
    }

    private Action action(Target macros) throws Exception {
        if (input != null) {
            Action action = ActionFile.read(input, System.in);
            Action named = name == null ? action : action.withName(name);
            return target == null && !named.pgpSignatures().isEmpty()
                    ? named
                    : named.withTarget(macros.expand(target == null ? action.target() : target));
        }
        if (module.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "name a module, or a file with -i");
        }
        JsonNode parameters;
        try {
            parameters = module.get().flags().orElseThrow().parse(moduleWords);
        } catch (RejectedException e) {
            throw new RejectedException("module " + module.get().name() + ": " + e.getMessage(), e);
        }
        String expression = macros.expand(target == null ? Target.DEFAULT : target);
        Operation operation = new Operation(module.get().name(), parameters);
        return Action.draft(name(), expression, Times.UNSET, Times.UNSET, List.of(operation));
    }

    private String name() {
        String text = name == null ? words.replaceAll("\\p{Cntrl}", " ").replace(';', ',') : name;
        return text.length() <= 100 ? text : text.substring(0, 100);
    }

    private Duration life() {
        try {
            Duration life = GoDuration.parse(expire);
            if (life.isNegative() || life.isZero()) {
                throw new IllegalArgumentException("must be longer than nothing");
            }
            return life;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "-e: " + e.getMessage(), e);
        }
    }

    private MigId id(String text) {
        try {
            return MigId.parse(text);
        } catch (NumberFormatException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private MigClient.Show wanted() {
        return switch (show) {
            case "found" -> MigClient.Show.FOUND;
            case "notfound" -> MigClient.Show.NOTFOUND;
            case "all" -> MigClient.Show.ALL;
            default -> throw new ParameterException(spec.commandLine(), "-show is found, notfound or all");
        };
    }

    private Investigation.Form form() {
        return switch (output) {
            case "text" -> Investigation.Form.TEXT;
            case "json" -> Investigation.Form.JSON;
            case "ndjson" -> Investigation.Form.NDJSON;
            default -> throw new ParameterException(spec.commandLine(), "-o is text, json or ndjson");
        };
    }
}
