package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.platform.TinyProxy;
import ninja.mig.platform.testing.RealProxy;
import ninja.mig.relay.ConnectProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An API that only a real proxy reaches, which wants a password. */
@RealProxy
@Timeout(60)
class PublicAddressIT {
    @TempDir
    Path folder;

    @Test
    void introducesItselfToTheProxy() throws Exception {
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.createContext("/api/v1/ip", exchange -> {
            byte[] address = "203.0.113.9".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, address.length);
            exchange.getResponseBody().write(address);
            exchange.close();
        });
        api.start();
        try (Firewall firewall = new Firewall("127.0.0.1", api.getAddress().getPort());
                TinyProxy proxy = TinyProxy.start(folder, Optional.of("mig:secret"), Firewall.PROXY)) {
            String host = "127.0.0.1:" + firewall.port();

            assertEquals("", ask("http://" + host + "/api/v1", proxy, Optional.empty()));
            assertEquals(0, firewall.admitted());

            assertEquals("203.0.113.9", ask("http://" + host + "/api/v1", proxy, Optional.of("mig:secret")));
            assertTrue(firewall.refused() > 0, "the direct way comes first");

            int before = firewall.admitted();
            // Until it gives up: the other end waits too.
            assertEquals("", ask("https://" + host + "/api/v1", proxy, Optional.of("mig:secret")), "it speaks no TLS");
            assertTrue(firewall.admitted() > before, "but the proxy made the tunnel");
        } finally {
            api.stop(0);
        }
    }

    private static String ask(String url, TinyProxy proxy, Optional<String> login) throws Exception {
        PublicAddress address = new PublicAddress(
                url, List.of(new ConnectProxy(proxy.host(), proxy.port(), login)), Duration.ofSeconds(3));
        address.ask();
        return address.known();
    }
}
