package ninja.mig.modules.netstat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Privacy;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.Searches;

/** Looks for addresses, neighbours, connections and listening ports. */
public final class NetstatModule implements Module<NetstatParameters> {
    private static final Map<String, Item> FLAGS = flagsOfItems();

    private final String os;
    private final Path proc;
    private final Interfaces interfaces;

    /** For this host. */
    public NetstatModule() {
        this(
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
                Path.of("/proc"),
                new HostInterfaces(Path.of("/sys/class/net")));
    }

    /**
     * @param os the name that Java has for it, in lower case
     * @param proc {@code /proc}, on Linux
     */
    NetstatModule(String os, Path proc, Interfaces interfaces) {
        this.os = os;
        this.proc = proc;
        this.interfaces = interfaces;
    }

    private static Map<String, Item> flagsOfItems() {
        Map<String, Item> flags = new LinkedHashMap<>();
        flags.put("lm", Item.LOCALMAC);
        flags.put("li", Item.LOCALIP);
        flags.put("nm", Item.NEIGHBORMAC);
        flags.put("ni", Item.NEIGHBORIP);
        flags.put("ci", Item.CONNECTEDIP);
        flags.put("lp", Item.LISTENINGPORT);
        return flags;
    }

    @Override
    public String name() {
        return "netstat";
    }

    @Override
    public String description() {
        return "looks for network addresses, neighbours, connections and listening ports";
    }

    @Override
    public NetstatParameters bind(JsonNode parameters) throws InvalidParametersException {
        return NetstatParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(NetstatParameters parameters, RunContext context) {
        Findings findings = new Findings(parameters, context.clock());
        context.partialResult(findings::document);
        NetstatRun run = new NetstatRun(parameters, findings, context);
        if (parameters.values().isEmpty() && !parameters.unknown().isEmpty()) {
            findings.error("warning: nothing is asked for " + Searches.unknown(parameters.unknown()));
        }
        run.reportNeighboursOfV6();
        boolean linux = !os.startsWith("windows") && !os.startsWith("mac");
        if (parameters.namespaces() && linux) {
            Namespaces namespaces = new Namespaces(proc, context, findings::error);
            run.localMacs(interfaces, namespaces.own());
            if (run.needsTables()) {
                for (ProcTables tables : namespaces.tables()) {
                    if (context.mustStop()) {
                        break;
                    }
                    run.localIps(tables);
                    run.look(tables);
                }
            }
        } else {
            if (parameters.namespaces()) {
                findings.error("warning: only Linux has network namespaces");
            }
            run.localMacs(interfaces, "");
            run.localIps(interfaces);
            run.look(tables(context, findings::error));
        }
        return findings.document();
    }

    private Tables tables(RunContext context, Consumer<String> problems) {
        if (os.startsWith("windows")) {
            String root = Optional.ofNullable(System.getenv("SystemRoot")).orElse("C:\\Windows");
            return new PrintedTables(new Windows(root), context, problems);
        }
        if (os.startsWith("mac")) {
            return new PrintedTables(new Darwin(), context, problems);
        }
        return new ProcTables("", new OfThisProcess(proc.resolve("net")), context, problems);
    }

    /** The network that this process is in. */
    private record OfThisProcess(Path folder) implements ProcTables.Source {
        @Override
        public Path path(String file) {
            return folder.resolve(file);
        }

        @Override
        public InputStream open(String file) throws IOException {
            return Files.newInputStream(path(file));
        }
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        return NetstatPrinter.print(result, foundOnly);
    }

    /** The peers of connections. */
    @Override
    public ModuleResult mask(ModuleResult result) {
        for (JsonNode found : result.elements().path(Item.CONNECTEDIP.key())) {
            for (JsonNode element : found) {
                if (element instanceof ObjectNode && element.has("remoteaddr")) {
                    ((ObjectNode) element).put("remoteaddr", Privacy.MASKED);
                }
            }
        }
        return result;
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(flags(FLAGS));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        Map<String, Item> names = new LinkedHashMap<>();
        FLAGS.values().forEach(item -> names.put(item.key(), item));
        return Optional.of(ModuleDialog.of("search> ", flags(names)));
    }

    @Override
    public List<String> keys() {
        return NetstatParameters.keys();
    }

    private ModuleFlags flags(Map<String, Item> names) {
        ModuleFlags flags = new ModuleFlags(
                this,
                true,
                "Looks for addresses of a host and of its neighbours, for connections and for listening ports.",
                "example: -ci 10.1.0.0/16 -lp 22",
                given -> parameters(given, names));
        names.forEach((name, item) -> flags.list(name, placeholder(item), explanation(item)));
        return flags.toggle("namespaces", "look into every network namespace of a Linux host");
    }

    private static String placeholder(Item item) {
        return switch (item) {
            case LOCALMAC, NEIGHBORMAC -> "regex";
            case LOCALIP, NEIGHBORIP, CONNECTEDIP -> "ip";
            case LISTENINGPORT -> "port";
        };
    }

    private static String explanation(Item item) {
        return switch (item) {
            case LOCALMAC -> "MAC address of an interface; repeatable, as all but namespaces";
            case NEIGHBORMAC -> "MAC address in the table of neighbours";
            case LOCALIP -> "address of an interface, or a network such as 10.0.0.0/8";
            case NEIGHBORIP -> "address in the table of neighbours, or a network";
            case CONNECTEDIP -> "peer of a TCP or UDP socket, or a network";
            case LISTENINGPORT -> "port on which somebody listens";
        };
    }

    private static JsonNode parameters(ModuleFlags.Given given, Map<String, Item> names) {
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        names.forEach((name, item) -> {
            if (!given.list(name).isEmpty()) {
                parameters.set(item.key(), MigJson.toTree(given.list(name)));
            }
        });
        return parameters.put("namespaces", given.isOn("namespaces", false));
    }
}
