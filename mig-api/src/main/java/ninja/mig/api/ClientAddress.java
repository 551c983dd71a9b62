package ninja.mig.api;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a request comes from: the other end of the connection, or what a reverse proxy says. The address is what agents
 * learn as their public one, what is logged, and whose failures are counted.
 *
 * @param fromEnd position in the list of {@code X-Forwarded-For}, counted from its end: 0 is what the nearest proxy saw;
 *     nothing if the header is not believed
 */
record ClientAddress(Optional<Integer> fromEnd) {
    /** The other end of the connection. */
    static final ClientAddress PEER = new ClientAddress(Optional.empty());

    private static final Logger log = LoggerFactory.getLogger(ClientAddress.class);
    private static final String UNKNOWN = "0.0.0.0";
    private static final Pattern FORWARDED = Pattern.compile("x-forwarded-for:([0-9])");
    private static final Pattern V4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:]{2,39}|::[fF]{4}:[0-9.]{7,15}");

    /** Reads {@code peer} or {@code x-forwarded-for:<n>}. */
    static Optional<ClientAddress> parse(String text) {
        if (text.equalsIgnoreCase("peer")) {
            return Optional.of(PEER);
        }
        Matcher forwarded = FORWARDED.matcher(text.toLowerCase(java.util.Locale.ROOT));
        return forwarded.matches()
                ? Optional.of(new ClientAddress(Optional.of(Integer.valueOf(forwarded.group(1)))))
                : Optional.empty();
    }

    /** The address of the client, without port and brackets. */
    String of(Request request) {
        if (fromEnd.isEmpty()) {
            return unbracketed(Request.getRemoteAddr(request));
        }
        List<String> values = request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR);
        return forwarded(String.join(",", values), fromEnd.get());
    }

    /** The element of a list that stands {@code fromEnd} places before its end. */
    static String forwarded(String list, int fromEnd) {
        List<String> addresses = Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(a -> !a.isEmpty())
                .toList();
        if (addresses.isEmpty()) {
            log.warn("a request came without X-Forwarded-For: it has not passed the proxy");
            return UNKNOWN;
        }
        if (addresses.size() <= fromEnd) {
            log.warn(
                    "X-Forwarded-For has {} addresses, [server] clientpublicip expects more than {}",
                    addresses.size(),
                    fromEnd);
        }
        String address = unbracketed(addresses.get(Math.max(0, addresses.size() - 1 - fromEnd)));
        if (!V4.matcher(address).matches() && !(V6.matcher(address).matches() && address.contains(":"))) {
            log.warn("X-Forwarded-For names '{}', which is not an address", Call.printable(address));
            return UNKNOWN;
        }
        return address;
    }

    private static String unbracketed(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }

    /** Whether a client is on this machine, as far as the address tells. */
    static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1");
    }
}
