package ninja.mig.agent;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.ConnectProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to the relay, in the order in which they are tried: direct, by {@code HTTP_PROXY}, by each built-in proxy. */
final class RelayWays {
    private static final Logger log = LoggerFactory.getLogger(RelayWays.class);

    private RelayWays() {}

    /**
     * @param environment of this process
     * @param builtin proxies of the built-in configuration
     * @return an empty way is the direct one
     */
    static List<Optional<ConnectProxy>> to(
            String host, int port, Map<String, String> environment, List<ConnectProxy> builtin) {
        List<Optional<ConnectProxy>> ways = new ArrayList<>();
        ways.add(Optional.empty());
        environmentProxy(host, port, environment).ifPresent(proxy -> ways.add(Optional.of(proxy)));
        builtin.forEach(proxy -> ways.add(Optional.of(proxy)));
        return List.copyOf(ways);
    }

    private static Optional<ConnectProxy> environmentProxy(String host, int port, Map<String, String> environment) {
        String value = first(environment, "HTTP_PROXY", "http_proxy");
        if (value.isEmpty() || isLocal(host) || isExcluded(host, port, first(environment, "NO_PROXY", "no_proxy"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(ConnectProxy.parse(value));
        } catch (RejectedException e) {
            log.warn("HTTP_PROXY is ignored: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isLocal(String host) {
        return host.equalsIgnoreCase("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    private static boolean isExcluded(String host, int port, String noProxy) {
        String name = host.toLowerCase(Locale.ROOT);
        return Arrays.stream(noProxy.split(","))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .anyMatch(entry -> entry.equals("*") || names(entry, name) || names(entry, name, port));
    }

    /** {@code host}, {@code [address]}, {@code domain}, {@code .domain} or {@code *.domain}. */
    private static boolean names(String entry, String host) {
        if (entry.isEmpty()) {
            return false;
        }
        String domain = entry.startsWith("*.") ? entry.substring(1) : entry;
        return host.equals(domain)
                || ("[" + host + "]").equals(domain)
                || host.endsWith(domain.startsWith(".") ? domain : "." + domain);
    }

    private static boolean names(String entry, String host, int port) {
        String suffix = ":" + port;
        return entry.endsWith(suffix) && names(entry.substring(0, entry.length() - suffix.length()), host);
    }

    private static String first(Map<String, String> environment, String name, String other) {
        String value = environment.getOrDefault(name, "");
        return (value.isEmpty() ? environment.getOrDefault(other, "") : value).strip();
    }
}
