package ninja.mig.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What a scheduler counts. */
final class Metrics {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Metrics() {}

    /** Counters that begin with this name, by name and labels. */
    static Map<String, Long> read(int port, String name) {
        try {
            return fetch(port, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Long> fetch(int port, String name) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(LIMIT)
                .build();
        String page = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        Map<String, Long> counters = new TreeMap<>();
        page.lines().filter(line -> line.startsWith(name)).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            counters.put(line.substring(0, blank), (long) Double.parseDouble(line.substring(blank + 1)));
        });
        return counters;
    }
}
