package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import org.junit.jupiter.api.Test;

class ApiConfTest {
    private static final String POSTGRES =
            "[postgres]\nhost=db\ndbname=mig\nuser=migapi\npassword=secret\nsslmode=require\n";

    private static ApiConf read(String text) {
        return ApiConf.read(IniFile.parse("api.cfg", text + POSTGRES));
    }

    private static List<String> problems(String text) {
        return assertThrows(ConfException.class, () -> read(text)).problems();
    }

    private static ApiConf.Authentication authentication(String ip, String lines) {
        return read("[server]\nport=1\nip=" + ip + "\n" + lines).authentication();
    }

    @Test
    void readsTheSample() {
        ApiConf conf = ApiConf.read(IniFile.load(Path.of("../conf/mig-api.cfg.inc")));

        assertEquals("http://localhost:12345", conf.server().host());
        assertEquals("/api/v1", conf.server().baseRoute());
        assertEquals(12345, conf.server().port());
        assertFalse(conf.authentication().enabled());
        assertEquals(Optional.of(Path.of("/var/cache/mig")), conf.spool());
    }

    @Test
    void readsTheSectionOfTheDeploymentGuide() {
        ApiConf conf = read("""
                [server]
                    ip = "127.0.0.1"
                    port = 12345
                    host = "http://localhost:12345"
                    baseroute = "/api/v1"
                """);

        assertEquals(Duration.ofMinutes(10), conf.authentication().tokenDuration());
        assertEquals(Optional.empty(), conf.spool());
        assertEquals(10_000, conf.limits().maxResults());
    }

    @Test
    void leavesAuthenticationOffOnLoopbackOnly() {
        assertFalse(authentication("127.0.0.1", "").enabled());
        assertFalse(authentication("\"::1\"", "").enabled());
        assertFalse(authentication("localhost", "").enabled());
        assertTrue(authentication("0.0.0.0", "").enabled());
        assertTrue(authentication("", "").enabled());
        assertTrue(authentication("127.0.0.1", "[authentication]\nenabled=on\n").enabled());
    }

    @Test
    void letsATokenBeUsedAgainUnlessToldOtherwise() {
        assertFalse(authentication("127.0.0.1", "").replayCache());
        assertTrue(authentication("127.0.0.1", "[authentication]\nreplaycache=on\n")
                .replayCache());
        assertEquals(
                1,
                problems("[server]\nport=1\nip=127.0.0.1\n[authentication]\nreplaycache=often\n")
                        .size());
    }

    @Test
    void refusesToServeEverybodyUnlessToldTwice() {
        String open = "[authentication]\nenabled=off\n";

        assertFalse(authentication("127.0.0.1", open).isOpen());
        assertTrue(authentication("0.0.0.0", "allowinsecure=on\n" + open).isOpen());
        List<String> problems = problems("[server]\nport=1\nip=0.0.0.0\n" + open);
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).contains("[authentication] enabled in api.cfg:5 must not be off"), problems.get(0));
        assertEquals(1, problems("[server]\nport=1\n" + open).size());
    }

    @Test
    void namesAllProblemsAtOnce() {
        List<String> problems = problems("""
                [server]
                port = 70000
                host = localhost:12345
                baseroute = /api/v1/
                clientpublicip = x-forwarded-for
                ip = 127.0.0.1
                bseroute = /
                [authentication]
                enabled = perhaps
                tokenduration = 25h
                """);

        assertEquals(7, problems.size(), () -> String.join("\n", problems));
        assertTrue(problems.toString().contains("[server] port in api.cfg:2 is '70000', expected a number"));
        assertTrue(problems.toString().contains("without a slash at its end"));
        assertTrue(problems.toString().contains("bseroute"));
    }

    @Test
    void refusesSettingsForTls() {
        List<String> problems = problems("[server]\nip=127.0.0.1\nport=1\ntlscert=/etc/mig/api.crt\n");

        assertEquals(
                List.of(
                        "[server] tlscert in api.cfg:4 is not supported: end TLS at a reverse proxy in front of the API"),
                problems);
    }

    @Test
    void requiresPortAndDatabase() {
        List<String> problems = assertThrows(ConfException.class, () -> ApiConf.read(IniFile.parse("api.cfg", "")))
                .problems();

        assertTrue(problems.contains("[server] port in api.cfg is missing"), () -> String.join("\n", problems));
        assertTrue(problems.contains("[postgres] password in api.cfg is missing"), () -> String.join("\n", problems));
    }

    @Test
    void keepsThePasswordOutOfItsText() {
        assertFalse(read("[server]\nip=127.0.0.1\nport=1\n").toString().contains("secret"));
    }
}
