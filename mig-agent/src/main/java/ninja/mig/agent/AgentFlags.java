package ninja.mig.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The command line, in the grammar of the original: one dash or two, {@code -m file} or {@code -m=file}, boolean flags take
 * a value only after {@code =}, and parsing stops at the first argument that is not a flag or at {@code --}.
 *
 * @param mode {@code agent}, {@code agent-checkin} or the name of a module
 * @param query to ask the running agent, one line
 * @param settings whether to print the effective settings
 */
record AgentFlags(
        Optional<Path> configFile,
        boolean debug,
        boolean foreground,
        Optional<Path> actionFile,
        String mode,
        boolean print,
        boolean version,
        boolean list,
        boolean help,
        Optional<String> query,
        boolean settings,
        Service service) {

    /**
     * How the agent was started, and what else it may do for its service.
     *
     * @param upgrade the agent that this one replaces started it
     * @param managed a service definition of ours started it
     * @param remove no start at all, the service is removed
     * @param warmUp what agents do is done once, for an archive of classes
     * @param watchdog cron started it, since no agent answered
     * @param archive no start at all, the archive of classes is made
     * @param moduleCommand no start at all, the command that starts the module is printed
     */
    record Service(
            boolean upgrade,
            boolean managed,
            boolean remove,
            boolean warmUp,
            boolean watchdog,
            boolean archive,
            boolean moduleCommand) {}

    static final String DAEMON = "agent";
    static final String CHECKIN = "agent-checkin";

    static final String USAGE = """
            Usage of mig-agent:
              -c file     configuration file; it replaces the built-in configuration entirely
                          (default /etc/mig/mig-agent.cfg, if it exists)
              -d          debug: foreground, log to the standard error at level debug
              -f          foreground: no service is installed, the agent stays in this process
              -i file     run the operations of an action file here, without any check, and print the results
              -m mode     agent, agent-checkin, or the name of a module, which reads one line
                          {"class":"parameters","parameters":{...}} from the standard input (default agent)
              -p          with a module or -i: print readable lines instead of JSON
              -u          this agent replaces the one that started it
              --service   a service manager started this agent
              --watchdog  cron started this agent: it ends if another one lives on this host, or was asked to end
              --remove-service
                          stop the agent's service and forget it
              --archive   make the archive of classes, with which agents start sooner, if there is none
              -q query    ask the agent that runs on this host: help, pid, status or shutdown; status 10 if it does not answer
              -S          print the effective settings, without their secrets
              -l          list the modules, with their versions, and whether this agent runs them
              -V          print the version
              -h          print this text
            """ + Subcommand.USAGE;

    private static final Set<String> SWITCHES = Set.of(
            "d",
            "f",
            "p",
            "u",
            "service",
            "remove-service",
            "warm-up",
            "watchdog",
            "archive",
            "module-command",
            "S",
            "l",
            "V",
            "h",
            "help");
    private static final Set<String> VALUES = Set.of("c", "i", "m", "q");
    private static final Map<String, String> MISSING = new TreeMap<>(Map.of(
            "P", "persistent modules",
            "n", "persistent modules"));

    /** The command line is wrong; the message is for people, who also get {@link #USAGE}. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static AgentFlags parse(List<String> args) throws UsageException {
        Map<String, String> given = new TreeMap<>();
        int i = 0;
        while (i < args.size() && isFlag(args.get(i))) {
            String arg = args.get(i++);
            if (arg.equals("--")) {
                break;
            }
            String body = arg.substring(arg.startsWith("--") ? 2 : 1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            if (SWITCHES.contains(name)) {
                given.put(name, equals < 0 ? "true" : body.substring(equals + 1));
            } else if (VALUES.contains(name)) {
                if (equals < 0 && i == args.size()) {
                    throw new UsageException("flag needs an argument: -" + name);
                }
                given.put(name, equals < 0 ? args.get(i++) : body.substring(equals + 1));
            } else if (MISSING.containsKey(name)) {
                throw new UsageException(
                        "flag -" + name + ": this version of the agent does not have " + MISSING.get(name));
            } else {
                throw new UsageException("flag provided but not defined: -" + name);
            }
        }
        if (i < args.size()) {
            throw new UsageException("unexpected argument '" + args.get(i) + "': every option starts with a dash");
        }
        return of(given);
    }

    private static AgentFlags of(Map<String, String> given) throws UsageException {
        boolean debug = isOn(given, "d");
        String mode = given.getOrDefault("m", DAEMON);
        if (mode.isEmpty()) {
            throw new UsageException("flag -m needs a mode: agent, agent-checkin or the name of a module");
        }
        return new AgentFlags(
                path(given, "c"),
                debug,
                debug || isOn(given, "f"),
                path(given, "i"),
                mode,
                isOn(given, "p"),
                isOn(given, "V"),
                isOn(given, "l"),
                isOn(given, "h") || isOn(given, "help"),
                query(given),
                isOn(given, "S"),
                new Service(
                        isOn(given, "u"),
                        isOn(given, "service"),
                        isOn(given, "remove-service"),
                        isOn(given, "warm-up"),
                        isOn(given, "watchdog"),
                        isOn(given, "archive"),
                        isOn(given, "module-command")));
    }

    /** Whether this version has a flag. */
    static boolean has(String name) {
        return SWITCHES.contains(name) || VALUES.contains(name);
    }

    private static Optional<String> query(Map<String, String> given) throws UsageException {
        Optional<String> query = Optional.ofNullable(given.get("q"));
        if (query.isPresent() && (query.get().isBlank() || !query.get().matches("\\P{Cntrl}*"))) {
            throw new UsageException("flag -q needs a query in one line: help, pid, status or shutdown");
        }
        return query;
    }

    /** Whether these are the flags of an agent that stays, and not of a tool, a check-in or a module. */
    boolean isDaemon() {
        boolean isTool = query.isPresent() || actionFile.isPresent() || settings || version || list || help;
        boolean helps = service.upgrade() || service.remove() || service.warmUp() || service.archive();
        return mode.equals(DAEMON) && !isTool && !helps;
    }

    /** Whether this is the process of one module. */
    boolean isModule() {
        boolean isTool = query.isPresent() || actionFile.isPresent() || settings || service.moduleCommand();
        return !isAgent() && !isTool;
    }

    boolean isAgent() {
        return mode.equals(DAEMON) || mode.equals(CHECKIN);
    }

    private static boolean isFlag(String arg) {
        return arg.length() > 1 && arg.charAt(0) == '-';
    }

    private static Optional<Path> path(Map<String, String> given, String name) throws UsageException {
        String value = given.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.isEmpty() || value.indexOf('\0') >= 0) {
            throw new UsageException("flag -" + name + " needs the path of a file");
        }
        return Optional.of(Path.of(value));
    }

    private static boolean isOn(Map<String, String> given, String name) throws UsageException {
        String value = given.getOrDefault(name, "false");
        switch (value) {
            case "1", "t", "T", "true", "TRUE", "True":
                return true;
            case "0", "f", "F", "false", "FALSE", "False":
                return false;
            default:
                throw new UsageException("invalid boolean value \"" + value + "\" for -" + name);
        }
    }
}
