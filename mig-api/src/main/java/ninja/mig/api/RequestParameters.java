package ninja.mig.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.BadRequestException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.model.MigId;

/** The parameters of a request. Of a repeated one the first counts, and of body and query the body. */
final class RequestParameters {
    private static final Pattern NOT_POSITIVE = Pattern.compile("-[0-9.eE+]{1,30}|[0.]+([eE][+-]?[0-9]{1,3})?|NaN");

    private final Map<String, String> values;

    private RequestParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Those of the query. */
    static RequestParameters of(HttpServletRequest request) {
        return ofQuery(Optional.ofNullable(request.getQueryString()).orElse(""));
    }

    static RequestParameters ofQuery(String encoded) {
        return new RequestParameters(decode(encoded));
    }

    /** Those of a body in the way forms are sent, then those of the query. */
    static RequestParameters of(HttpServletRequest request, Map<String, String> body) {
        Map<String, String> all = new LinkedHashMap<>(body);
        of(request).values.forEach(all::putIfAbsent);
        return new RequestParameters(all);
    }

    /** Reads {@code a=b&c=d}. */
    static Map<String, String> decode(String encoded) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : encoded.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (!pair.isEmpty()) {
                values.putIfAbsent(unescape(name), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String unescape(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException("malformed parameters: " + e.getMessage(), e);
        }
    }

    /** Empty if it was not sent. */
    String text(String name) {
        return values.getOrDefault(name, "");
    }

    String text(String name, String defaultValue) {
        String value = text(name);
        return value.isEmpty() ? defaultValue : value;
    }

    /**
     * A number that must be there.
     *
     * @param what is identified: {@code Action}
     */
    MigId id(String name, String what) {
        String text = text(name);
        if (text.isEmpty()) {
            throw new BadRequestException("missing parameter '" + name + "'");
        }
        if (NOT_POSITIVE.matcher(text).matches()) {
            throw new BadRequestException("Invalid " + what + " ID '" + text + "'");
        }
        return id(name);
    }

    private MigId id(String name) {
        try {
            return MigId.parse(text(name));
        } catch (NumberFormatException e) {
            throw new BadRequestException("Wrong parameters '" + name + "': " + e.getMessage(), e);
        }
    }

    /** A number, if one was sent. */
    Optional<MigId> optionalId(String name) {
        return text(name).isEmpty() ? Optional.empty() : Optional.of(id(name));
    }
}
