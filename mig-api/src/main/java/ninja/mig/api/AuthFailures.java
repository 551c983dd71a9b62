package ninja.mig.api;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Counts refused tokens for each client address and minute, and sends those away who had too many. */
final class AuthFailures {
    private static final int MOST_CLIENTS = 100_000;

    private final int perMinute;
    private final Clock clock;
    private final Map<String, Integer> counts = new HashMap<>();
    private long minute;

    AuthFailures(int perMinute, Clock clock) {
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** Does nothing for clients on this machine: a proxy there would lock everybody out. */
    synchronized void check(String client) {
        startMinute();
        if (counts.getOrDefault(client, 0) >= perMinute && !ClientAddress.isLoopback(client)) {
            long wait = 60 - clock.instant().getEpochSecond() % 60;
            throw new ClientErrorException(
                    "too many refused tokens, try again in " + wait + " s",
                    Response.status(429).header(HttpHeaders.RETRY_AFTER, wait).build());
        }
    }

    synchronized void count(String client) {
        startMinute();
        if (counts.size() < MOST_CLIENTS || counts.containsKey(client)) {
            counts.merge(client, 1, Integer::sum);
        }
    }

    private void startMinute() {
        long now = clock.instant().getEpochSecond() / 60;
        if (now != minute) {
            minute = now;
            counts.clear();
        }
    }
}
