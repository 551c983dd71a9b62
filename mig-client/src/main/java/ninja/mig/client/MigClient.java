package ninja.mig.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import ninja.mig.cljs.Data;
import ninja.mig.cljs.Envelope;
import ninja.mig.cljs.Item;
import ninja.mig.cljs.Resource;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.Investigator;
import ninja.mig.model.MigId;
import ninja.mig.pgp.SigningException;

/** Calls the API: every request carries a token, and is repeated once with a fresh one when that was refused. */
public final class MigClient {
    /** Which commands' results are wanted. */
    public enum Show {
        FOUND,
        NOTFOUND,
        ALL
    }

    private static final String NO_RESULTS = "no results found";
    private static final int PAGE = 200;

    private final URI base;
    private final HttpClient http;
    private final Tokens tokens;
    private final String userAgent;
    private final Duration timeout;
    private final Consumer<String> trace;

    /**
     * @param base address of the API, with a trailing slash
     * @param timeout for one request
     * @param trace gets a line for each request and answer, never with the token
     */
    public MigClient(
            URI base, HttpClient http, Tokens tokens, String userAgent, Duration timeout, Consumer<String> trace) {
        this.base = base;
        this.http = http;
        this.tokens = tokens;
        this.userAgent = userAgent;
        this.timeout = timeout;
        this.trace = trace;
    }

    /** Where the API is. */
    public URI base() {
        return base;
    }

    /** Any page of the API, by its path and query below the base. */
    public Resource get(String pathAndQuery) throws ApiException {
        return expect(200, send(request(pathAndQuery).GET()));
    }

    public Action action(MigId id) throws ApiException {
        return single(get("action?actionid=" + id), "action", Action.class);
    }

    public Command command(MigId id) throws ApiException {
        return single(get("command?commandid=" + id), "command", Command.class);
    }

    public Agent agent(MigId id) throws ApiException {
        return single(get("agent?agentid=" + id), "agent", Agent.class);
    }

    public Investigator investigator(MigId id) throws ApiException {
        return single(get("investigator?investigatorid=" + id), "investigator", Investigator.class);
    }

    /** The agents that a target selects now, one per endpoint; none if it selects none. */
    public List<Agent> agentsByTarget(String target) throws ApiException {
        return search("type=agent&target=" + encode(target), "agent", Agent.class);
    }

    /**
     * Submits a signed action.
     *
     * @return the action as the API stored it, with its id
     */
    public Action launch(Action signed) throws ApiException {
        HttpRequest.Builder request = request("action/create/")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("action=" + encode(MigJson.text(signed))));
        Resource answer = expect(202, send(request));
        return first(answer, Action.class);
    }

    /**
     * What became of a cancelled action.
     *
     * @param note what could not be undone; empty if nothing was
     */
    public record Cancelled(
            Action action,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String note) {}

    /** Cancels an action, with a token of its own. */
    public Cancelled cancel(MigId id) throws ApiException {
        HttpRequest.Builder request = request("action/cancel/")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("id=" + id));
        Resource answer = expect(202, attempt(request, tokens::single));
        String note = answer.data("note")
                .map(Data::value)
                .map(value -> ((JsonNode) value).asText())
                .orElse("");
        return new Cancelled(single(answer, "action", Action.class), note);
    }

    /**
     * Registers an investigator.
     *
     * @param armoredKey the public key
     */
    public Investigator createInvestigator(String name, String armoredKey) throws ApiException {
        String boundary = "mig-" + Long.toHexString(System.nanoTime());
        String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"name\"\r\n"
                + "Content-Type: text/plain; charset=UTF-8\r\n\r\n" + name
                + "\r\n--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"publickey\"; filename=\"publickey.asc\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n" + armoredKey
                + "\r\n--" + boundary + "--\r\n";
        HttpRequest.Builder request = request("investigator/create/")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return first(expect(201, send(request)), Investigator.class);
    }

    /** Hands every command of an action to the reader, page by page, in the order of their ids. */
    public void eachCommand(MigId action, Show show, Consumer<Command> reader) throws ApiException {
        String found =
                switch (show) {
                    case FOUND -> "&foundanything=true";
                    case NOTFOUND -> "&foundanything=false";
                    case ALL -> "";
                };
        eachCommand(action, found, reader);
    }

    /** Hands every command of an action that is in this state to the reader. */
    public void eachCommand(MigId action, CommandStatus status, Consumer<Command> reader) throws ApiException {
        eachCommand(action, "&status=" + status.word(), reader);
    }

    private void eachCommand(MigId action, String filter, Consumer<Command> reader) throws ApiException {
        // No lower bound of time: an action may be read long after it ran.
        String query = "type=command&actionid=" + action + filter + "&after=1970-01-01T00:00:00Z&limit=" + PAGE;
        int offset = 0;
        List<Command> page;
        do {
            page = search(query + "&offset=" + offset, "command", Command.class);
            page.forEach(reader);
            offset += page.size();
        } while (page.size() == PAGE);
    }

    /** Everything of one type that a query finds; an answer of 404 "no results found" is none. */
    public <T> List<T> search(String query, String name, Class<T> type) throws ApiException {
        HttpResponse<byte[]> answer = send(request("search?" + query).GET());
        if (answer.statusCode() == 404 && resource(answer).error().message().equals(NO_RESULTS)) {
            return List.of();
        }
        List<T> found = new ArrayList<>();
        for (Item item : expect(200, answer).items()) {
            for (Data data : item.data()) {
                if (data.name().equals(name)) {
                    found.add(bind(data, type));
                }
            }
        }
        return found;
    }

    /** A value for a query string. */
    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** A query string of these parameters, encoded. */
    public static String query(Map<String, String> parameters) {
        List<String> parts = new ArrayList<>();
        parameters.forEach((name, value) -> parts.add(encode(name) + "=" + encode(value)));
        return String.join("&", parts);
    }

    private HttpRequest.Builder request(String pathAndQuery) throws ApiException {
        try {
            return HttpRequest.newBuilder(URI.create(base + pathAndQuery))
                    .timeout(timeout)
                    .header("User-Agent", userAgent);
        } catch (IllegalArgumentException e) {
            throw new ApiException(0, "'" + base + pathAndQuery + "' is not an address: " + e.getMessage(), e);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws ApiException {
        HttpResponse<byte[]> answer = attempt(request, tokens::current);
        return answer.statusCode() == 401 ? attempt(request, tokens::current) : answer;
    }

    private interface TokenSource {
        String next() throws SigningException;
    }

    private HttpResponse<byte[]> attempt(HttpRequest.Builder builder, TokenSource source) throws ApiException {
        String token;
        try {
            token = source.next();
        } catch (SigningException e) {
            throw new ApiException(0, "cannot sign the token: " + e.getMessage(), e);
        }
        HttpRequest request = builder.setHeader("X-PGPAUTHORIZATION", token).build();
        trace.accept(request.method() + " " + request.uri() + " User-Agent: " + userAgent);
        try {
            HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            trace.accept("HTTP " + answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
            if (answer.statusCode() == 401) {
                tokens.refused(token);
            }
            return answer;
        } catch (IOException e) {
            throw new ApiException(0, "cannot reach " + base + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(0, "interrupted", new InterruptedIOException());
        }
    }

    /** The JDK's client leaves the message of a refused connection empty. */
    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
                return cause.getMessage();
            }
        }
        return failure instanceof java.net.ConnectException
                ? "connection refused"
                : failure.getClass().getSimpleName();
    }

    private static Resource expect(int status, HttpResponse<byte[]> answer) throws ApiException {
        if (answer.statusCode() == status) {
            return resource(answer);
        }
        if (answer.body().length == 0) {
            throw new ApiException(answer.statusCode(), "HTTP " + answer.statusCode() + ". No response body.");
        }
        var error = resource(answer).error();
        throw new ApiException(
                answer.statusCode(),
                "HTTP " + answer.statusCode() + ". API call failed with error '" + error.message() + "' (code "
                        + error.code() + ")");
    }

    private static Resource resource(HttpResponse<byte[]> answer) throws ApiException {
        try {
            Resource resource = MigJson.read(answer.body(), Envelope.class).collection();
            if (resource == null) {
                throw new MalformedJsonException("there is no collection in it");
            }
            return resource;
        } catch (MalformedJsonException e) {
            throw new ApiException(
                    answer.statusCode(),
                    "HTTP " + answer.statusCode() + ". The answer is not MIG's: " + e.getMessage(),
                    e);
        }
    }

    private static <T> T single(Resource resource, String name, Class<T> type) throws ApiException {
        Data data = resource.data(name)
                .orElseThrow(() -> new ApiException(200, "there is no '" + name + "' in " + resource.href()));
        return bind(data, type);
    }

    /** The value of an answer to a POST, whose name carries the new id. */
    private static <T> T first(Resource resource, Class<T> type) throws ApiException {
        if (resource.items().isEmpty() || resource.items().get(0).data().isEmpty()) {
            throw new ApiException(200, "the answer of " + resource.href() + " is empty");
        }
        return bind(resource.items().get(0).data().get(0), type);
    }

    private static <T> T bind(Data data, Class<T> type) throws ApiException {
        try {
            return MigJson.bind((JsonNode) data.value(), type);
        } catch (MalformedJsonException e) {
            throw ApiException.unreadable(data.name(), e);
        }
    }
}
