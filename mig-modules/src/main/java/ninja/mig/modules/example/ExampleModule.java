package ninja.mig.modules.example;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Addresses;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/** Shows how a module is made. */
public final class ExampleModule implements Module<ExampleParameters> {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1/8", "::1/128");

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
    public ModuleResult run(ExampleParameters parameters, RunContext context) throws IOException {
        Map<String, Object> elements = new LinkedHashMap<>();
        List<String> errors = new ArrayList<>();
        int found = 0;
        if (parameters.getHostname()) {
            elements.put("hostname", InetAddress.getLocalHost().getHostName());
            found++;
        }
        if (parameters.getAddresses()) {
            List<String> addresses = addresses();
            found += addresses.size();
            if (!addresses.isEmpty()) {
                elements.put("addresses", addresses);
            }
        }
        Map<String, List<String>> lookedUp = new LinkedHashMap<>();
        for (String host : parameters.lookupHost()) {
            if (context.mustStop()) {
                break;
            }
            try {
                List<String> ips = new ArrayList<>();
                for (InetAddress address : InetAddress.getAllByName(host)) {
                    ips.add(Addresses.text(address));
                }
                lookedUp.put(host, ips);
            } catch (UnknownHostException e) {
                errors.add("ERROR: lookup " + host + ": no such host");
            }
        }
        if (!lookedUp.isEmpty()) {
            elements.put("lookeduphost", lookedUp);
        }
        return new ModuleResult(
                found > 0, true, MigJson.toTree(elements), MigJson.toTree(Map.of("stufffound", found)), errors);
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
            result.errors().forEach(error -> lines.add("error: " + error));
            if (result.statistics().has("stufffound")) {
                lines.add("stat: " + result.statistics().get("stufffound").asInt() + " stuff found");
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(this, true, "Tells the name and the addresses of a host.", "", given -> {
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
