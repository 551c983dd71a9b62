package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import ninja.mig.relay.ConnectProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayWaysTest {
    private static final List<ConnectProxy> BUILTIN =
            List.of(new ConnectProxy("first", 1, Optional.empty()), new ConnectProxy("second", 2, Optional.empty()));

    @Test
    void triesTheDirectWayThenTheEnvironmentThenTheBuiltInProxies() {
        assertEquals(
                "direct env:80 first:1 second:2", ways("relay.example.net", Map.of("HTTP_PROXY", "http://u:p@env/")));
        assertEquals("direct env:3128 first:1 second:2", ways("relay.example.net", Map.of("http_proxy", "env:3128")));
        assertEquals("direct first:1 second:2", ways("relay.example.net", Map.of("HTTPS_PROXY", "env:3128")));
    }

    @ParameterizedTest
    @CsvSource({"localhost", "127.0.0.1", "127.1.2.3"})
    void needsNoProxyToThisHost(String host) {
        assertEquals("direct first:1 second:2", ways(host, Map.of("HTTP_PROXY", "env:3128")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*|direct first:1 second:2",
                "relay.example.net|direct first:1 second:2",
                "other, .example.net|direct first:1 second:2",
                "EXAMPLE.net|direct first:1 second:2",
                "relay.example.net:5671|direct first:1 second:2",
                "example.net:5671|direct first:1 second:2",
                "*.example.net|direct first:1 second:2",
                "*.net:1|direct env:3128 first:1 second:2",
                ".|direct env:3128 first:1 second:2",
                "relay.example.net:1|direct env:3128 first:1 second:2",
                "ample.net|direct env:3128 first:1 second:2",
                ",,|direct env:3128 first:1 second:2",
            })
    void obeysNoProxy(String noProxy, String expected) {
        assertEquals(expected, ways("relay.example.net", Map.of("HTTP_PROXY", "env:3128", "NO_PROXY", noProxy)));
    }

    @Test
    void obeysNoProxyForAnAddress() {
        Map<String, String> environment = Map.of("HTTP_PROXY", "env:3128", "no_proxy", "[2001:db8::1],192.0.2.7");

        assertEquals("direct first:1 second:2", ways("192.0.2.7", environment));
        assertEquals("direct first:1 second:2", ways("2001:db8::1", environment));
        assertEquals("direct env:3128 first:1 second:2", ways("192.0.2.8", environment));
    }

    @Test
    void ignoresAProxyThatIsNone() {
        assertEquals("direct first:1 second:2", ways("relay.example.net", Map.of("HTTP_PROXY", "ftp://x y")));
    }

    private static String ways(String host, Map<String, String> environment) {
        return RelayWays.to(host, 5671, environment, BUILTIN).stream()
                .map(way -> way.map(ConnectProxy::toString).orElse("direct"))
                .collect(Collectors.joining(" "));
    }
}
