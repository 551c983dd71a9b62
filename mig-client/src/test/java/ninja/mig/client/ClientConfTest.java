package ninja.mig.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;

class ClientConfTest {
    private static final Map<String, String> HOME = Map.of("HOME", "/home/iris");

    private static ClientConf read(String text) {
        return ClientConf.read(IniFile.parse("migrc", text), HOME);
    }

    @Test
    void readsTheSample() {
        ClientConf conf = read("""
                [api]
                    url = "https://mig.example.net/api/v1" ; without the slash
                    skipverifycert = off
                [gpg]
                    home = "/home/iris/.gnupg/"
                    keyid = "0xf9c9 b31e01a75fb363b555818e5ac1fc1ef0380e"
                [targets]
                    macro = allonline:status='online'
                """);

        assertEquals("https://mig.example.net/api/v1/", conf.url().toString());
        assertEquals("F9C9B31E01A75FB363B555818E5AC1FC1EF0380E", conf.keyId());
        assertEquals(Map.of("allonline", "status='online'"), conf.macros());
    }

    @Test
    void readsTheSampleThatIsShipped() {
        Path sample = Path.of("..", "conf", "migrc.inc");

        ClientConf conf = ClientConf.load(sample, HOME);

        assertEquals("https://mig.example.net/api/v1/", conf.url().toString());
        assertEquals(Map.of("allonline", "status='online'"), conf.macros());
    }

    @Test
    void reportsEveryProblemAtOnce() {
        ConfException e = assertThrows(
                ConfException.class,
                () -> read("[api]\nurl=ftp://x\ntimeuot=3s\n[gpg]\nkeyid=1234\nsigner=pen\n[targets]\nmacro=x\n"));

        assertEquals(5, e.problems().size(), e.getMessage());
        assertTrue(e.getMessage().contains("timeout"), "names the nearest known key: " + e.getMessage());
    }

    @Test
    void showsATemplateWhereThereIsNoFile() {
        ConfException e = assertThrows(ConfException.class, () -> ClientConf.load(Path.of("/nowhere/.migrc"), HOME));

        assertTrue(e.getMessage().contains("/nowhere/.migrc"), e.getMessage());
        assertTrue(e.getMessage().contains("keyid"), e.getMessage());
    }

    @Test
    void looksWhereTheEnvironmentSays() {
        assertEquals(Path.of("/x"), ClientConf.defaultPath(Map.of("MIGRC", "/x", "HOME", "/home/iris")));
        assertEquals(Path.of("/home/iris/.migrc"), ClientConf.defaultPath(HOME));
        assertEquals(
                Path.of("/keys"),
                ClientConf.read(
                                IniFile.parse("migrc", "[api]\nurl=http://a/"),
                                Map.of("HOME", "/h", "GNUPGHOME", "/keys"))
                        .gpgHome());
    }

    @Test
    void expandsMacrosAndChecksTargets() throws RejectedException {
        Target targets = new Target(Map.of("web", "name like 'web%'"));

        assertEquals("name like 'web%'", targets.expand("web"));
        assertEquals("status='online'", targets.expand("online"));
        assertTrue(targets.expand("found:12").contains("actionid=12"));
        assertEquals("name='web'", targets.expand("name='web'"));
        assertThrows(RejectedException.class, () -> targets.expand("1=1; DROP TABLE agents"));
        assertThrows(RejectedException.class, () -> targets.expand(""));
    }
}
