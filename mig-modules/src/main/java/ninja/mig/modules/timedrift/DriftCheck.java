package ninja.mig.modules.timedrift;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Times;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** The local time, and what servers said of it until now. */
final class DriftCheck {
    private final RunContext context;
    private final Optional<Duration> window;
    private final Instant started;
    private final List<ObjectNode> asked = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private Optional<NtpServer> answered = Optional.empty();
    private Duration drift = Duration.ZERO;

    DriftCheck(Optional<Duration> window, RunContext context) {
        this.window = window;
        this.context = context;
        this.started = context.clock().instant();
    }

    /** Asks one server after the other until one answers. */
    void run(List<NtpServer> servers, NtpServer.Resolver resolver, Duration limit) throws InterruptedException {
        for (NtpServer server : servers) {
            if (context.mustStop()) {
                return;
            }
            try {
                Optional<NtpServer.Reading> reading = server.ask(resolver, limit, context);
                if (reading.isPresent()) {
                    answered(server, reading.get());
                    return;
                }
            } catch (IOException e) {
                failed(server, e);
            }
        }
        synchronized (this) {
            errors.add("no server of network time gave an answer");
        }
    }

    private synchronized void answered(NtpServer server, NtpServer.Reading reading) {
        answered = Optional.of(server);
        drift = reading.drift();
        add(server, Times.format(reading.time()), GoDuration.format(reading.latency()), GoDuration.format(drift), true);
    }

    private synchronized void failed(NtpServer server, IOException reason) {
        add(server, Times.format(Times.UNSET), "", "", false);
        errors.add("ERROR: ask " + server.host() + ": " + Printable.line(Reason.of(reason)));
    }

    private void add(NtpServer server, String time, String latency, String distance, boolean reachable) {
        asked.add(JsonNodeFactory.instance
                .objectNode()
                .put("host", server.host())
                .put("time", time)
                .put("latency", latency)
                .put("drift", distance)
                .put("reachable", reachable));
    }

    /** Safe while servers are asked. */
    synchronized ModuleResult result() {
        boolean checked = window.isPresent() && answered.isPresent();
        boolean within = checked && drift.abs().compareTo(window.get()) <= 0;
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        elements.put("hascheckeddrift", checked);
        if (within) {
            elements.put("iswithindrift", true);
        }
        if (checked && !within) {
            String side = drift.isNegative() ? "behind" : "ahead of";
            elements.putArray("drifts")
                    .add("Local time is " + side + " ntp host " + answered.get().host() + " by "
                            + GoDuration.format(drift.abs()));
        }
        elements.put(
                "localtime",
                Times.format(started, ZoneId.systemDefault().getRules().getOffset(started)));
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put(
                "exectime",
                GoDuration.format(Duration.between(started, context.clock().instant())));
        if (!asked.isEmpty()) {
            statistics.set("ntpstats", MigJson.toTree(List.copyOf(asked)));
        }
        return new ModuleResult(
                window.isEmpty() || checked && !within,
                window.isEmpty() || checked,
                elements,
                statistics,
                List.copyOf(errors));
    }
}
