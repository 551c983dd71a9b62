package ninja.mig.agent;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import ninja.mig.relay.RelayConf;

/**
 * How the agent is, in lines for people. Every user of the host may read it: it holds no id of the agent, no user or password
 * of the relay, and nothing of what actions ask.
 */
final class StatusReport {
    private final String version;
    private final RelayConf relay;
    private final RelayLink link;
    private final CommandHistory commands;
    private final Clock clock;
    private final Instant started;
    private volatile Optional<Instant> connected = Optional.empty();

    /** The report of an agent that starts now. */
    StatusReport(String version, RelayConf relay, RelayLink link, CommandHistory commands, Clock clock) {
        this.version = version;
        this.relay = relay;
        this.link = link;
        this.commands = commands;
        this.clock = clock;
        this.started = clock.instant();
        link.whenConnected(() -> connected = Optional.of(clock.instant()));
    }

    /** Lines, each with its end. */
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "version", version);
        line(text, "pid", ProcessHandle.current().pid());
        line(text, "started", seconds(started));
        line(text, "now", seconds(clock.instant()));
        line(text, "relay", relay());
        List<CommandHistory.Entry> last = commands.newestFirst();
        line(text, "last commands", last.isEmpty() ? "none since the start" : "newest first");
        for (CommandHistory.Entry entry : last) {
            line(
                    text,
                    "%s command %s of action %s".formatted(seconds(entry.received()), entry.command(), entry.action()),
                    entry.state());
        }
        return text.toString();
    }

    private String relay() {
        String where = relay.host() + ":" + relay.port() + (relay.tls().isPresent() ? " with TLS" : " without TLS");
        String last = connected.map(time -> seconds(time).toString()).orElse("never");
        if (link.isUp()) {
            String proxy = link.proxy().map(p -> " through " + p).orElse("");
            return "connected to " + where + proxy + ", since " + last;
        }
        return "away; " + where + " is tried again and again, last connected: " + last;
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
