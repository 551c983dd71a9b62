package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import org.junit.jupiter.api.Test;

class RelayConfTest {
    private static RelayConf conf(String... lines) {
        IniFile ini = IniFile.parse("x.cfg", "[mq]\n" + String.join("\n", lines));
        RelayConf conf = RelayConf.read(ini);
        ini.finish();
        return conf;
    }

    @Test
    void readsAPlainRelay() {
        RelayConf conf = conf("host = 127.0.0.1", "user = scheduler", "password = \"se;cret\"");
        assertEquals("se;cret", conf.password());
        assertEquals(5672, conf.port());
        assertEquals("/", conf.vhost());
        assertTrue(conf.tls().isEmpty());
        assertEquals(Duration.ofSeconds(60), conf.heartbeat());
        assertFalse(conf.toString().contains("cret"));
    }

    @Test
    void readsARelayWithTls() {
        RelayConf conf = conf(
                "host = h",
                "user = u",
                "pass = p",
                "vhost = mig",
                "usetls",
                "timeout = 30s",
                "cacert = " + TestTls.path("ca.crt"),
                "tlscert = " + TestTls.path("rsa.crt"),
                "tlskey = " + TestTls.path("rsa-pkcs1.key"));
        assertEquals(5671, conf.port());
        assertEquals(Duration.ofSeconds(30), conf.heartbeat());
        assertTrue(conf.tls().isPresent());
    }

    @Test
    void refusesWhatDoesNotFit() {
        ConfException missing = assertThrows(ConfException.class, () -> conf("usetls", "port = 0"));
        assertEquals(7, missing.problems().size(), missing.getMessage());
        ConfException two =
                assertThrows(ConfException.class, () -> conf("host = h", "user = u", "pass = a1", "password = b1"));
        assertFalse(two.getMessage().contains("a1"), two.getMessage());
        ConfException key = assertThrows(
                ConfException.class,
                () -> conf(
                        "host = h",
                        "user = u",
                        "pass = p",
                        "usetls",
                        "cacert = " + TestTls.path("ca.crt"),
                        "tlscert = " + TestTls.path("rsa.crt"),
                        "tlskey = " + TestTls.path("ec.key")));
        assertTrue(key.getMessage().contains("is no RSA key"), key.getMessage());
    }

    @Test
    void readsASectionThatIsCalledOtherwise() {
        IniFile ini = IniFile.parse("x.cfg", """
                [mozdef]
                host = h
                user = u
                pass = p
                usetls
                cacertpath = "%s"
                clientcertpath = "%s"
                """.formatted(TestTls.path("ca.crt"), TestTls.path("rsa.crt")));
        RelayConf.read(ini, new RelayConf.Section("mozdef", "cacertpath", "clientcertpath", "clientkeypath"));

        ConfException e = assertThrows(ConfException.class, ini::finish);

        assertEquals(List.of("[mozdef] clientkeypath in x.cfg is missing, usetls needs it"), e.problems());
    }
}
