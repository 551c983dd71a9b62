package ninja.mig.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import ninja.mig.client.ApiException;
import ninja.mig.client.Colours;
import ninja.mig.client.MigClient;
import ninja.mig.client.Text;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Investigator;
import ninja.mig.model.Times;

/** How many agents there are, and what was asked of them lately. */
final class StatusScreen {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE MMM d h:mma 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final MigClient client;
    private final PrintStream out;
    private final Colours colours;

    StatusScreen(MigClient client, PrintStream out, Colours colours) {
        this.client = client;
        this.out = out;
        this.colours = colours;
    }

    void print() throws ApiException {
        Resource dashboard = client.get("dashboard");
        out.println(colours.red("+------"));
        line("Agents & Endpoints summary:");
        line("* " + number(dashboard, "online agents") + " online agents on " + number(dashboard, "online endpoints")
                + " endpoints");
        line("* " + number(dashboard, "idle agents") + " idle agents on " + number(dashboard, "idle endpoints")
                + " endpoints");
        line("* " + number(dashboard, "endpoints running 2 or more agents")
                + " endpoints are running 2 or more agents");
        line("* " + number(dashboard, "new endpoints") + " endpoints appeared over the last 7 days");
        line("* " + number(dashboard, "disappeared endpoints") + " endpoints disappeared over the last 7 days");
        line("* " + number(dashboard, "flapping endpoints") + " endpoints have been flapping");
        versions(dashboard, "Online agents by version:", "online agents by version");
        versions(dashboard, "Idle agents by version:", "idle agents by version");
        line("");
        line("Latest Actions:");
        line(
                "----    ID      ---- + ----         Name         ---- + -Sent- + ----    Date     ---- + ---- Investigators"
                        + " ----");
        for (Action action : actions(dashboard)) {
            line(row(action));
        }
        out.println(colours.red("+------"));
    }

    private void line(String text) {
        out.println(colours.red("|") + " " + text);
    }

    private static long number(Resource dashboard, String name) {
        return dashboard.data(name).map(d -> ((JsonNode) d.value()).asLong()).orElse(0L);
    }

    private void versions(Resource dashboard, String title, String name) {
        line(title);
        dashboard.data(name).ifPresent(data -> {
            for (JsonNode version : (JsonNode) data.value()) {
                long count = version.path("count").asLong();
                line("* version " + Text.printable(version.path("version").asText()) + ": " + count
                        + (count == 1 ? " agent" : " agents"));
            }
        });
    }

    private static List<Action> actions(Resource dashboard) throws ApiException {
        List<Action> actions = new ArrayList<>();
        for (Item item : dashboard.items()) {
            for (Data data : item.data()) {
                if (data.name().equals("action")) {
                    try {
                        actions.add(MigJson.bind((JsonNode) data.value(), Action.class));
                    } catch (MalformedJsonException e) {
                        throw ApiException.unreadable("action", e);
                    }
                }
            }
        }
        return actions;
    }

    static String row(Action action) {
        String date = Times.isUnset(action.lastUpdateTime()) ? "not started" : DATE.format(action.lastUpdateTime());
        String signers = action.investigators().stream().map(Investigator::name).collect(Collectors.joining("; "));
        return "%-20s   %-30s   %6d   %-20s   %s"
                .formatted(
                        action.id(),
                        cut(Text.printable(action.name()), 30),
                        action.counters().sent(),
                        date,
                        cut(Text.printable(signers), 23));
    }

    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 3) + "...";
    }
}
