package ninja.mig.modules.timedrift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Times;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/** Tells the time of the endpoint, and whether it is near network time. */
public final class TimedriftModule implements Module<TimedriftParameters> {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Supplier<List<NtpServer>> servers;
    private final NtpServer.Resolver resolver;
    private final Duration limit;

    public TimedriftModule() {
        this(NtpServers::toAsk, InetAddress::getByName, LIMIT);
    }

    /** @param limit how long one server may take */
    TimedriftModule(Supplier<List<NtpServer>> servers, NtpServer.Resolver resolver, Duration limit) {
        this.servers = servers;
        this.resolver = resolver;
        this.limit = limit;
    }

    @Override
    public String name() {
        return "timedrift";
    }

    @Override
    public String description() {
        return "tells the local time, and how far it is from network time";
    }

    @Override
    public TimedriftParameters bind(JsonNode parameters) throws InvalidParametersException {
        return TimedriftParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(TimedriftParameters parameters, RunContext context) throws InterruptedException {
        DriftCheck check = new DriftCheck(parameters.window(), context);
        context.partialResult(check::result);
        if (parameters.window().isPresent()) {
            check.run(servers.get(), resolver, limit);
        }
        return check.result();
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        JsonNode elements = result.elements();
        if (elements.path("localtime").isTextual()) {
            lines.add("local time is " + elements.get("localtime").asText());
        }
        if (elements.path("hascheckeddrift").asBoolean(false)) {
            lines.add(
                    elements.path("iswithindrift").asBoolean(false)
                            ? "local time is within acceptable drift from NTP servers"
                            : "local time is out of sync from NTP servers");
            elements.path("drifts").forEach(drift -> lines.add(drift.asText()));
        }
        if (!foundOnly) {
            result.errors().forEach(error -> lines.add(Printable.error(error)));
            JsonNode statistics = result.statistics();
            if (statistics.path("exectime").isTextual()) {
                lines.add(
                        "stat: execution time was " + statistics.get("exectime").asText());
            }
            statistics.path("ntpstats").forEach(server -> lines.add("stat: " + statistic(server)));
            lines.add("timedrift module has " + (result.success() ? "succeeded" : "failed"));
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static String statistic(JsonNode server) {
        String host = server.path("host").asText();
        return server.path("reachable").asBoolean(false)
                ? "%s responded in %s with time %s. local time drifts by %s"
                        .formatted(
                                host,
                                server.path("latency").asText(),
                                goText(server.path("time").asText()),
                                server.path("drift").asText())
                : host + " was unreachable";
    }

    private static String goText(String time) {
        try {
            return Times.goText(Times.parse(time));
        } catch (IllegalArgumentException | DateTimeException e) {
            return time; // what an agent calls a time, but none
        }
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(
                        this,
                        false,
                        "Tells the local time of the endpoint; with -drift also whether it is near network time.",
                        "example: -drift 5s",
                        given -> JsonNodeFactory.instance.objectNode().put("drift", given.value("drift", "")))
                .value("drift", "duration", "largest acceptable distance, such as 5s or 1m30s (default: not asked)"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return flags().map(ModuleDialog::ofValue);
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(TimedriftParameters.class);
    }
}
