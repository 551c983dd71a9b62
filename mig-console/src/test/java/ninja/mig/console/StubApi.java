package ninja.mig.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Envelope;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;

/** An API with one action, over real HTTP, that can be cancelled. */
public final class StubApi implements AutoCloseable {
    private static final Instant NOW = Instant.parse("2015-08-01T12:00:00Z");

    private final HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile ActionStatus status = ActionStatus.INFLIGHT;
    private volatile int refusal;

    public StubApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/", this::answer);
        server.start();
    }

    public URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/api/v1/");
    }

    public void actionIs(ActionStatus now) {
        status = now;
    }

    /** What becomes of the next attempts to cancel. */
    public void refuses(int code) {
        refusal = code;
    }

    /** The methods and paths that were asked for. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public Action action() {
        return Action.draft(
                        "too \u001b[31mmuch", "true", NOW, NOW.plusSeconds(60), List.of(new Operation("file", null)))
                .withId(new MigId(12))
                .withStatus(status)
                .withCounters(ActionCounters.of(2, 1, 0, 0, 0, 0));
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        if (exchange.getRequestMethod().equals("GET")) {
            send(exchange, 200, Resource.of("h", List.of(new Item("h", new Data("action", action())))));
        } else if (refusal == 0) {
            status = ActionStatus.CANCELLED;
            Item item = new Item("h", new Data("action", action()), new Data("note", "too late for some"));
            send(exchange, 202, Resource.of("h", List.of(item)));
        } else {
            status = refusal == 409 ? ActionStatus.COMPLETED : status;
            send(exchange, refusal, Resource.failed("h", "77", "refused"));
        }
    }

    private static void send(HttpExchange exchange, int code, Resource answer) throws IOException {
        byte[] body = MigJson.text(new Envelope(answer)).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
