package ninja.mig.modules.example;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Addresses;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Lookup;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/** Shows how a module is made. */
public final class ExampleModule implements Module<ExampleParameters> {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1/8", "::1/128");

    /** Looks up the addresses of a name. */
    interface Resolver {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private final Path kernelHostname;
    private final Resolver resolver;
    private final Duration limit;

    public ExampleModule() {
        this(Path.of("/proc/sys/kernel/hostname"), InetAddress::getAllByName, Duration.ofSeconds(5));
    }

    /**
     * @param kernelHostname the file in which Linux tells the host's name
     * @param limit of one lookup
     */
    ExampleModule(Path kernelHostname, Resolver resolver, Duration limit) {
        this.kernelHostname = kernelHostname;
        this.resolver = resolver;
        this.limit = limit;
    }

    /** What has been found until now. Another thread may ask for it while the run goes on. */
    private static final class Found {
        private final Map<String, Object> elements = new LinkedHashMap<>();
        private final Map<String, List<String>> lookedUp = new LinkedHashMap<>();
        private final List<String> errors = new ArrayList<>();
        private int stuff;

        synchronized void hostname(String name) {
            elements.put("hostname", name);
            stuff++;
        }

        synchronized void addresses(List<String> addresses) {
            if (!addresses.isEmpty()) {
                elements.put("addresses", addresses);
            }
            stuff += addresses.size();
        }

        synchronized void lookedUp(String host, InetAddress... addresses) {
            lookedUp.put(host, Stream.of(addresses).map(Addresses::text).toList());
            elements.put("lookeduphost", lookedUp);
        }

        synchronized void error(String text) {
            errors.add(text);
        }

        synchronized ModuleResult result() {
            return new ModuleResult(
                    stuff > 0, true, MigJson.toTree(elements), MigJson.toTree(Map.of("stufffound", stuff)), errors);
        }
    }

    @Override
    public String name() {
        return "example";
    }

    @Override
    public String description() {
        return "tells the host's name and addresses; a template for new modules";
    }

    @Override
    public ExampleParameters bind(JsonNode parameters) throws InvalidParametersException {
        ExampleParameters bound = Parameters.bind(parameters, ExampleParameters.class);
        for (String host : bound.lookupHost()) {
            if (!Addresses.isHostName(host)) {
                throw new InvalidParametersException("lookuphost: '" + host + "' is not a host name");
            }
        }
        return bound;
    }

    @Override
    public ModuleResult run(ExampleParameters parameters, RunContext context) throws InterruptedException {
        Found found = new Found();
        context.partialResult(found::result);
        if (parameters.getHostname()) {
            try {
                found.hostname(hostname());
            } catch (IOException e) {
                found.error("ERROR: the name of this host is not known: " + e.getMessage());
            }
        }
        if (parameters.getAddresses()) {
            try {
                found.addresses(addresses());
            } catch (SocketException e) {
                found.error("ERROR: the addresses of this host are not known: " + e.getMessage());
            }
        }
        for (String host : parameters.lookupHost()) {
            if (context.mustStop()) {
                break;
            }
            try {
                found.lookedUp(host, Lookup.within(limit, () -> resolver.addresses(host)));
            } catch (IOException e) {
                found.error("ERROR: lookup " + host + ": " + e.getMessage());
            }
        }
        return found.result();
    }

    /** As the kernel has it. Where it has no file for that, Java also looks up the name's address. */
    private String hostname() throws IOException, InterruptedException {
        return Files.isReadable(kernelHostname)
                ? Files.readString(kernelHostname).strip()
                : Lookup.within(limit, () -> InetAddress.getLocalHost().getHostName());
    }

    private static List<String> addresses() throws SocketException {
        List<String> addresses = new ArrayList<>();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InterfaceAddress address : network.getInterfaceAddresses()) {
                String text = Addresses.text(address.getAddress()) + "/" + address.getNetworkPrefixLength();
                if (!LOOPBACK.contains(text)) {
                    addresses.add(text);
                }
            }
        }
        return addresses;
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        JsonNode elements = result.elements();
        if (elements.path("hostname").isTextual()) {
            lines.add("hostname is " + elements.get("hostname").asText());
        }
        for (JsonNode address : elements.path("addresses")) {
            lines.add("address is " + address.asText());
        }
        elements.path("lookeduphost").properties().forEach(entry -> entry.getValue()
                .forEach(ip -> lines.add("lookedup host " + entry.getKey() + " has IP " + ip.asText())));
        if (!foundOnly) {
            result.errors().forEach(error -> lines.add(Printable.error(error)));
            if (result.statistics().has("stufffound")) {
                lines.add("stat: " + result.statistics().get("stufffound").asInt() + " stuff found");
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(
                        this,
                        true,
                        "Tells the name and the addresses of a host.",
                        "example: -gethostname -lookuphost www.example.net",
                        given -> {
                            Map<String, Object> parameters = new LinkedHashMap<>();
                            parameters.put("gethostname", given.isOn("gethostname", false));
                            parameters.put("getaddresses", given.isOn("getaddresses", false));
                            parameters.put("lookuphost", given.list("lookuphost"));
                            return MigJson.toTree(parameters);
                        })
                .toggle("gethostname", "tell the name of the host")
                .toggle("getaddresses", "tell its addresses")
                .list("lookuphost", "name", "tell the addresses of this name; repeatable"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return flags().map(flags -> ModuleDialog.of("example> ", flags));
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(ExampleParameters.class);
    }
}
