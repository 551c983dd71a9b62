package ninja.mig.api;

import jakarta.ws.rs.BadRequestException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.database.SearchParameters;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;

/** What a client searches for, as it was sent; checked by {@link #parse}. */
final class SearchRequest {
    static final int DEFAULT_LIMIT = 10_000;

    private static final Duration DEFAULT_AGE = Duration.ofHours(168);
    private static final String UNSET = "∞";

    /** Later than anything: the value of a bound that was not set. */
    private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

    /** Everything that narrows a search down, in the order of the addresses of further pages. */
    private static final List<String> FILTERS = List.of(
            "agentname",
            "agentid",
            "actionname",
            "actionid",
            "commandid",
            "investigatorid",
            "investigatorname",
            "threatfamily",
            "status",
            "foundanything",
            "afterid",
            "report",
            "target",
            "count");

    private final RequestParameters sent;
    private final Instant now;

    SearchRequest(RequestParameters sent, Instant now) {
        this.sent = sent;
        this.now = now.truncatedTo(ChronoUnit.SECONDS);
    }

    String type() {
        return sent.text("type", "action");
    }

    String report() {
        return sent.text("report");
    }

    String target() {
        return sent.text("target");
    }

    /** Whether the number of all results is wanted. */
    boolean wantsCount() {
        return sent.text("count").equalsIgnoreCase("true");
    }

    /**
     * The parameters for the database.
     *
     * @param maxResults what the limit is cut to
     * @throws BadRequestException names the first parameter that is wrong
     */
    SearchParameters parse(int maxResults) {
        return new SearchParameters(
                sent.optionalId("actionid"),
                sent.optionalId("agentid"),
                sent.optionalId("commandid"),
                sent.optionalId("investigatorid"),
                pattern("actionname"),
                pattern("agentname"),
                pattern("investigatorname"),
                pattern("status"),
                sent.text("threatfamily"),
                Optional.of(after()),
                before(),
                foundAnything(),
                sent.optionalId("afterid").orElse(MigId.NONE),
                limit(maxResults),
                offset());
    }

    private String pattern(String name) {
        return sent.text(name, SearchParameters.ANY);
    }

    private Instant after() {
        return date("after").orElse(now.minus(DEFAULT_AGE));
    }

    private Optional<Instant> before() {
        return date("before");
    }

    private Optional<Instant> date(String name) {
        // A plus sign that nobody has encoded arrives as a blank.
        String text = sent.text(name).replace(' ', '+');
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Times.parse(text));
        } catch (IllegalArgumentException e) {
            throw wrong(name + " date not in RFC3339 format", e);
        }
    }

    private static BadRequestException wrong(String reason, Throwable cause) {
        return new BadRequestException("parseSearchParameters()-> " + reason, cause);
    }

    private Optional<Boolean> foundAnything() {
        return switch (sent.text("foundanything").toLowerCase(Locale.ROOT)) {
            case "" -> Optional.empty();
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> throw wrong("foundanything parameter must be true or false", null);
        };
    }

    int limit(int maxResults) {
        int limit = number("limit", DEFAULT_LIMIT);
        if (limit == 0) {
            throw wrong("invalid limit parameter", null);
        }
        return Math.min(limit, maxResults);
    }

    int offset() {
        return number("offset", 0);
    }

    private int number(String name, int defaultValue) {
        String text = sent.text(name);
        if (text.isEmpty()) {
            return defaultValue;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw wrong("invalid " + name + " parameter", null);
        }
        return Integer.parseInt(text);
    }

    /**
     * Where another page of the same search is.
     *
     * @param base address of the search, without parameters
     */
    String page(String base, int limit, int offset) {
        List<String> parameters = new ArrayList<>();
        parameters.add("type=" + escape(type()));
        parameters.add("after=" + Times.format(after()));
        parameters.add("before=" + Times.format(before().orElse(NEVER)));
        for (String filter : FILTERS) {
            if (!sent.text(filter).isEmpty()) {
                parameters.add(filter + "=" + escape(sent.text(filter)));
            }
        }
        parameters.add("limit=" + limit);
        parameters.add("offset=" + offset);
        return base + "?" + String.join("&", parameters);
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The parameters as answers repeat them; what was wrong is shown as it was sent. */
    Echo echo() {
        return new Echo(
                sent.text("actionid", UNSET),
                pattern("actionname"),
                sentOr("after", Times.format(now.minus(DEFAULT_AGE))),
                sent.text("agentid", UNSET),
                pattern("agentname"),
                sentOr("before", Times.format(NEVER)),
                sent.text("commandid", UNSET),
                sent.text("foundanything").equalsIgnoreCase("true"),
                sent.text("investigatorid", UNSET),
                pattern("investigatorname"),
                numberOrText("limit", DEFAULT_LIMIT),
                numberOrText("offset", 0),
                report(),
                pattern("status"),
                target(),
                pattern("threatfamily"),
                type());
    }

    private String sentOr(String name, String defaultValue) {
        return sent.text(name, defaultValue).replace(' ', '+');
    }

    private Object numberOrText(String name, int defaultValue) {
        String text = sent.text(name);
        if (text.isEmpty()) {
            return defaultValue;
        }
        return text.matches("[0-9]{1,9}") ? (Object) Integer.valueOf(text) : text;
    }

    record Echo(
            String actionid,
            String actionname,
            String after,
            String agentid,
            String agentname,
            String before,
            String commandid,
            boolean foundanything,
            String investigatorid,
            String investigatorname,
            Object limit,
            Object offset,
            String report,
            String status,
            String target,
            String threatfamily,
            String type) {}
}
