package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AmqpUriTest {
    @Test
    void readsEveryPart() throws Exception {
        assertEquals(
                new AmqpUri(true, "relay1.mig.example.net", 443, "agent", "s@c/r:t+ %", "mig/1"),
                AmqpUri.parse("amqps://agent:s%40c%2fr:t+%20%25@relay1.mig.example.net:443/mig%2F1"));
    }

    @Test
    void fillsInWhatIsLeftOut() throws Exception {
        AmqpUri local = new AmqpUri(false, "localhost", 5672, "guest", "guest", "/");
        assertEquals(local, AmqpUri.parse("amqp://localhost"));
        assertEquals(local, AmqpUri.parse("amqp://guest:guest@localhost:5672/"));
        assertEquals(local, AmqpUri.parse("AMQP://localhost/%2f"));
        assertEquals(5671, AmqpUri.parse("amqps://localhost").port());
        assertEquals("::1", AmqpUri.parse("amqp://[::1]:5672/mig").host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "relay",
                "http://a:secret@h/",
                "amqp://a:secret@ss@h/",
                "amqp:///mig",
                "amqp://a:secret@h:0/",
                "amqp://a:secret@h:70000/",
                "amqp://h/a/b",
                "amqp://h/mig?heartbeat=5",
                "amqp://h/#x",
                "amqp://secret@h/",
                "amqp://a:secret%zz@h/",
                "amqp://a:secret%@h/",
                "amqp://a:secret@:5672/",
                "amqp:a:secret@h"
            })
    void refusesOtherFormsWithoutRepeatingThePassword(String text) {
        RejectedException e = assertThrows(RejectedException.class, () -> AmqpUri.parse(text));
        assertFalse(e.toString().contains("secret"), e.getMessage());
    }

    @Test
    void masksThePassword() throws Exception {
        AmqpUri uri = AmqpUri.parse("amqp://agent:secret@h:1/mig");
        assertEquals("amqp://agent@h:1/mig", uri.toString());
        RelayConf conf = uri.conf(Optional.empty(), Duration.ofSeconds(5), Duration.ofMinutes(10));
        assertEquals("amqp://agent@h:1/mig", conf.toString());
        assertEquals(Duration.ofSeconds(60), conf.heartbeat());
    }

    @Test
    void refusesTlsWithoutACa() throws Exception {
        AmqpUri uri = AmqpUri.parse("amqps://h");
        assertThrows(
                RejectedException.class,
                () -> uri.conf(Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(5)));
    }

    @Test
    void readsProxies() throws Exception {
        assertEquals(
                new ConnectProxy("p.example.net", 3128, Optional.empty()), ConnectProxy.parse("p.example.net:3128"));
        assertEquals(new ConnectProxy("p", 80, Optional.of("u:p@w")), ConnectProxy.parse("http://u:p%40w@p"));
        for (String bad : new String[] {"", "p", "https://p:1", "p:0", "p:99999", "socks5://p:1", "http://", "a b:1"}) {
            assertThrows(RejectedException.class, () -> ConnectProxy.parse(bad), bad);
        }
    }
}
