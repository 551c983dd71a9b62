package ninja.mig.modules.ping;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.Addresses;
import ninja.mig.modules.RunContext;

/** Attempts, one after the other, and what came of them until now. */
final class PingRun {
    private static final long PAUSE_MILLIS = 100;

    private final PingParameters parameters;
    private final String host;
    private final List<Double> latencies = new ArrayList<>();
    private final Set<String> failures = new LinkedHashSet<>();

    PingRun(PingParameters parameters, InetAddress target) {
        this.parameters = parameters;
        this.host = host(parameters, target);
    }

    private static String host(PingParameters parameters, InetAddress target) {
        String name = parameters.destination();
        String address = " (" + Addresses.text(target) + ")";
        if (!parameters.hasPort()) {
            return name + address;
        }
        return (name.contains(":") ? "[" + name + "]" : name) + ":" + parameters.port() + address;
    }

    void run(Attempt attempt, RunContext context) throws InterruptedException {
        for (int i = 0; i < parameters.attempts() && !context.mustStop(); i++) {
            if (i > 0) {
                Thread.sleep(PAUSE_MILLIS);
            }
            add(attempt.make());
        }
    }

    private synchronized void add(Answer answer) {
        latencies.add(answer.latency());
        answer.remark().ifPresent(failures::add);
    }

    /** Safe while the attempts go on. */
    synchronized ModuleResult result() {
        Map<String, Object> elements = new LinkedHashMap<>();
        elements.put("latencies", List.copyOf(latencies));
        elements.put("protocol", parameters.protocol());
        elements.put("resolvedhost", host);
        elements.put("failures", List.copyOf(failures));
        return new ModuleResult(
                latencies.stream().anyMatch(this::isFound), true, MigJson.toTree(elements), null, List.of());
    }

    /** A port of UDP that does not answer may be open. */
    private boolean isFound(double latency) {
        return Answer.isSuccess(latency)
                || latency == Answer.TIMEOUT && parameters.protocol().equals(PingParameters.UDP);
    }
}
