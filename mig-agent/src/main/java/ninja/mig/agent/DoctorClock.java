package ninja.mig.agent;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.relay.ConnectProxy;

/** This host's clock beside that of the API, since it decides which actions are valid. */
final class DoctorClock {
    static final Duration LIMIT = Duration.ofSeconds(5);

    /** Actions begin a minute before they are signed: a clock that is later by less hurts nobody. */
    private static final Duration TOLERABLE = Duration.ofSeconds(30);

    private final Page page;
    private final Duration limit;
    private final Clock clock;

    /** @param limit {@link #LIMIT}, but in tests */
    DoctorClock(Page page, Duration limit, Clock clock) {
        this.limit = limit;
        this.page = page;
        this.clock = clock;
    }

    /**
     * Compares the clocks, by the first way that works.
     *
     * @param api base URL of the API, empty if unknown
     * @param proxies by which the agent reaches the API if it cannot reach it directly
     */
    void examine(String api, List<ConnectProxy> proxies) throws InterruptedException {
        page.section("Clock");
        if (api.isEmpty()) {
            page.note(
                    "it is " + seconds(clock.instant()) + " here; there is no [agent] api to compare with",
                    "compare it with another clock: actions are valid by this host's clock");
            return;
        }
        List<String> reasons = new ArrayList<>();
        for (HttpWay way : HttpWay.all(proxies)) {
            try {
                compare(api, way);
                return;
            } catch (IOException e) {
                reasons.add(e.getMessage());
            }
        }
        page.note(
                "it is " + seconds(clock.instant()) + " here; the API does not tell its time: "
                        + String.join("; ", reasons),
                "compare it with another clock; the agent works without the API");
    }

    private void compare(String api, HttpWay way) throws IOException, InterruptedException {
        Instant before = clock.instant();
        Instant there = new HttpQuestions("clock", limit).ask(asking -> date(api, way, asking));
        Instant after = clock.instant();
        Instant here = before.plus(Duration.between(before, after).dividedBy(2));
        // The header has whole seconds.
        Duration ahead = Duration.between(there.plusMillis(500), here);
        String text = "it is " + seconds(here) + " here, which is " + Math.abs(ahead.toSeconds()) + " s "
                + (ahead.isNegative() ? "behind" : "ahead of") + " the API";
        if (ahead.abs().compareTo(TOLERABLE) > 0) {
            page.fix(
                    text,
                    "set the clock, best by NTP: actions are refused here as not valid yet, or as expired, by this clock");
        } else {
            page.ok(text);
        }
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    private Instant date(String api, HttpWay way, HttpQuestions.Asking asking) throws IOException {
        URI resource = URI.create(api.replaceAll("/+$", "") + "/ip");
        HttpURLConnection connection = way.open(asking, resource, limit);
        try {
            asking.connect(connection);
            int status = connection.getResponseCode();
            long date = connection.getDate();
            if (date == 0) {
                throw new IOException("status " + status + " without a date");
            }
            return Instant.ofEpochMilli(date);
        } finally {
            connection.disconnect();
        }
    }
}
