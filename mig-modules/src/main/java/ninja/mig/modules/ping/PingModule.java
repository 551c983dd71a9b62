package ninja.mig.modules.ping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** Asks whether another host can be reached from the endpoint. */
public final class PingModule implements Module<PingParameters> {
    /** Looks up the address of a name. */
    interface Resolver {
        InetAddress address(String name) throws UnknownHostException;
    }

    private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(10);

    private final Resolver resolver;
    private final Duration lookupLimit;
    private final List<Path> programs;

    public PingModule() {
        this(InetAddress::getByName, LOOKUP_LIMIT, PingProgram.places());
    }

    /** @param programs for ICMP: absolute paths, in order of preference */
    PingModule(Resolver resolver, List<Path> programs) {
        this(resolver, LOOKUP_LIMIT, programs);
    }

    PingModule(Resolver resolver, Duration lookupLimit, List<Path> programs) {
        this.resolver = resolver;
        this.lookupLimit = lookupLimit;
        this.programs = programs;
    }

    @Override
    public String name() {
        return "ping";
    }

    @Override
    public String description() {
        return "asks by ICMP, TCP or UDP whether a host can be reached from the endpoint";
    }

    @Override
    public PingParameters bind(JsonNode parameters) throws InvalidParametersException {
        return PingParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(PingParameters parameters, RunContext context) throws InterruptedException {
        String destination = parameters.destination();
        InetAddress target;
        try {
            Optional<InetAddress> literal = Addresses.parse(destination);
            target = literal.isPresent()
                    ? literal.get()
                    : Lookup.within(lookupLimit, () -> resolver.address(destination));
        } catch (IOException e) {
            return ModuleResult.failed("ERROR: lookup " + destination + ": " + e.getMessage());
        }
        PingRun run = new PingRun(parameters, target);
        context.partialResult(run::result);
        run.run(attempt(parameters, target), context);
        return run.result();
    }

    private Attempt attempt(PingParameters parameters, InetAddress target) {
        if (parameters.protocol().equals(PingParameters.ICMP)) {
            return new IcmpAttempt(
                    target, parameters.limit(), PingProgram.among(programs, target, System.getProperty("os.name", "")));
        }
        InetSocketAddress address = new InetSocketAddress(target, parameters.port());
        return parameters.protocol().equals(PingParameters.TCP)
                ? new TcpAttempt(address, parameters.limit())
                : new UdpAttempt(address, parameters.limit());
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        JsonNode elements = result.elements();
        String protocol = elements.path("protocol").asText("");
        String ping = protocol + " ping of " + elements.path("resolvedhost").asText("");
        boolean isPing = elements.path("resolvedhost").isTextual();
        if (isPing && result.foundAnything()) {
            lines.add(ping + " succeeded. Target is reachable.");
        } else if (isPing && !foundOnly) {
            lines.add(ping + " failed. Target is not reachable.");
        }
        if (!foundOnly) {
            int number = 1;
            for (JsonNode latency : elements.path("latencies")) {
                lines.add("ping #" + number++ + " " + outcome(latency.asDouble(), protocol));
            }
            elements.path("failures").forEach(failure -> lines.add(Printable.error(failure.asText())));
            result.errors().forEach(error -> lines.add(Printable.error(error)));
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static String outcome(double latency, String protocol) {
        if (Answer.isSuccess(latency)) {
            return "succeeded in " + Math.round(latency) + "ms";
        }
        if (latency == Answer.UNREACHABLE) {
            return "failed, target was unreachable";
        }
        if (latency != Answer.TIMEOUT) {
            return "failed, reason unknown";
        }
        return protocol.equals(PingParameters.UDP)
                ? "may have succeeded (no udp response)"
                : "failed, connection timed out";
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(flags(PingModule::commandLine));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return Optional.of(ModuleDialog.of("ping> ", flags(PingModule::given), "-d=localhost"));
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(PingParameters.class);
    }

    private ModuleFlags flags(ModuleFlags.ToParameters toParameters) {
        return new ModuleFlags(
                        this,
                        true,
                        "Asks whether a host can be reached from the endpoint.",
                        "example: -d example.net -p tcp -dp 443; before -d, the flags -t, -c and -p are those of mig itself",
                        toParameters)
                .value("d", "host", "an address or a name, which the endpoint looks up")
                .value("dp", "port", "of tcp and udp (default: 80)")
                .value("p", "protocol", "icmp, tcp or udp (default: icmp)")
                .value("c", "number", "attempts (default: 3)")
                .value("t", "seconds", "time limit of an attempt, such as 0.5 (default: 5)");
    }

    private static JsonNode given(ModuleFlags.Given given) throws InvalidParametersException {
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        if (!given.list("d").isEmpty()) {
            parameters.put("destination", given.value("d", ""));
        }
        if (!given.list("dp").isEmpty()) {
            parameters.put("destinationport", given.number("dp", 0));
        }
        parameters.put("protocol", given.value("p", PingParameters.ICMP));
        if (!given.list("c").isEmpty()) {
            parameters.put("count", given.number("c", 0));
        }
        if (!given.list("t").isEmpty()) {
            seconds(parameters, given.value("t", ""));
        }
        return parameters;
    }

    private static void seconds(ObjectNode parameters, String text) throws InvalidParametersException {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            throw new InvalidParametersException("-t is '" + text + "', expected a number of seconds");
        }
        double seconds = Double.parseDouble(text);
        if (seconds == Math.rint(seconds)) {
            parameters.put("timeout", (long) seconds);
        } else {
            parameters.put("timeout", seconds);
        }
    }

    /** The command line also sends the usual count and timeout, as it always did. */
    private static JsonNode commandLine(ModuleFlags.Given given) throws InvalidParametersException {
        ObjectNode parameters = (ObjectNode) given(given);
        if (!parameters.has("count")) {
            parameters.put("count", PingParameters.USUAL_COUNT);
        }
        if (!parameters.has("timeout")) {
            parameters.put("timeout", PingParameters.USUAL_TIMEOUT);
        }
        return parameters;
    }
}
