package ninja.mig.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IniFileTest {
    @TempDir
    Path folder;

    private static IniFile ini(String... lines) {
        return IniFile.parse("/etc/mig/scheduler.cfg", String.join("\n", lines));
    }

    private static List<String> problems(IniFile ini) {
        return assertThrows(ConfException.class, ini::finish).problems();
    }

    private static String value(String line) {
        IniFile ini = ini("[s]", "k = " + line);
        String value = ini.string("s", "k", "missing");
        ini.finish();
        return value;
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "plain|plain",
                "ab#cd|ab",
                "ab ; comment|ab",
                "two  words # comment|two  words",
                "\"stdout\" ; stdout or file|stdout",
                "\"a;b#c\"|a;b#c",
                "pre\"mid ; dle\"post|premid ; dlepost",
                "\"  kept  \"|`  kept  `",
                "\"say \\\"hi\\\"\"|say \"hi\"",
                "\"C:\\\\mig\\\\new\"|C:\\mig\\new",
                "\"C:\\\\mig\\\\\"|C:\\mig\\",
                "\"one\\ntwo\\tthree\\b\" ; four|`one\ntwo\tthree\b`",
                "\"a\" \"b\"|a b",
                "amqp://guest:guest@localhost:5672/|amqp://guest:guest@localhost:5672/",
                "allonline:status='online'|allonline:status='online'",
                "a = b|a = b",
                "\"ünï → ok\"|ünï → ok"
            })
    void readsValuesAsGitDoes(String written, String meant) {
        assertEquals(meant, value(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"C:\\mig\"", "\"C:\\new\\mig\"", "\"\\r\"", "\"\\N\"", "\"a\" \"\\ \""})
    void refusesABackslashThatMeansNothing(String written) {
        IniFile ini = ini("[s]", "k = " + written);
        assertEquals("", ini.string("s", "k", ""));
        assertEquals(
                List.of(
                        "[s] k in /etc/mig/scheduler.cfg:2 contains a backslash that begins none of \\\\ \\\" \\n \\t \\b;"
                                + " write \\\\ for a backslash"),
                problems(ini));
    }

    @Test
    void takesNamesWithoutRegardToCase() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr")); // where the small letter of I has no dot
        try {
            IniFile ini = ini("[PERIODIC]", "DELETEAFTER = 1h", "[Periodic]", "Freq = 2h");
            assertEquals("1h", ini.string("periodic", "deleteafter"));
            assertEquals("2h", ini.string("periodic", "FREQ"));
            ini.finish();
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void takesTheLastOfARepeatedKeyAndAllOfAList() {
        IniFile ini = ini("[a]", "k = 1", "[b]", "[a]", "k = 2", "k =", "k = 3 ; three");
        assertEquals("3", ini.string("a", "k"));
        assertEquals(List.of("1", "2", "3"), ini.list("a", "k"));
        assertEquals(List.of(), ini.list("b", "k"));
        ini.finish();
    }

    @Test
    void continuesALineThatEndsInABackslash() {
        IniFile ini = ini("[a]", "k = one \\", "  two", "# not continued \\", "l = 3");
        assertEquals("one   two", ini.string("a", "k"));
        assertEquals("3", ini.string("a", "l"));
        ini.finish();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k", "k ; see: x = y", "k = on", "k = YES", "k = 1", "k = \"true\""})
    void readsTrue(String line) {
        IniFile ini = ini("[a]", line);
        assertTrue(ini.bool("a", "k", false));
        ini.finish();
    }

    @ParameterizedTest
    @ValueSource(strings = {"k = off", "k = No", "k = 0", "k = false", "K=False#"})
    void readsFalse(String line) {
        IniFile ini = ini("[a]", line);
        assertFalse(ini.bool("a", "k", true));
        ini.finish();
    }

    @Test
    void readsTypedValues() {
        IniFile ini = ini(
                "[a] ; with a comment",
                "port = 0x1F90",
                "freq = 1m30s",
                "mode = SysLog",
                "spool = /var/cache/mig/",
                "empty =");
        assertEquals(8080, ini.integer("a", "port", 1, 65535));
        assertEquals(
                Duration.ofSeconds(90), ini.duration("a", "freq", Duration.ZERO, Duration.ZERO, Duration.ofHours(1)));
        assertEquals("syslog", ini.word("a", "mode", "stdout", "stdout", "file", "syslog"));
        assertEquals(Optional.of(Path.of("/var/cache/mig")), ini.absolutePath("a", "spool"));
        assertEquals(Optional.empty(), ini.optional("a", "empty"));
        assertEquals("", ini.string("a", "empty", "default"));
        assertEquals("default", ini.string("a", "none", "default"));
        assertEquals(7, ini.integer("a", "number", 7, 0, 9));
        assertTrue(ini.has("a", "empty"));
        ini.finish();
    }

    @Test
    void takesRelativePathsFromItsFolder() throws Exception {
        Path file = Files.writeString(folder.resolve("x.cfg"), "[certs]\nca = certs/ca.crt\n");
        IniFile ini = IniFile.load(file);
        assertEquals(Optional.of(folder.resolve("certs/ca.crt")), ini.path("certs", "ca"));
        ini.finish();
    }

    @Test
    void readsSectionsWithFreeKeys() {
        IniFile ini = ini("[tags]", "operator = \"IT\"", "Site = 4");
        assertEquals(Map.of("operator", "IT", "site", "4"), ini.free("tags"));
        assertEquals(Map.of(), ini.free("macros"));
        ini.finish();
    }

    @Test
    void leavesOutAByteOrderMarkAndCarriageReturns() throws Exception {
        Path file = folder.resolve("windows.cfg");
        Files.write(file, "\uFEFF[mq]\r\nhost = relay ; x\r\n".getBytes(StandardCharsets.UTF_8));
        IniFile ini = IniFile.load(file);
        assertEquals("relay", ini.string("mq", "host"));
        ini.finish();
    }

    @Test
    void saysWhatIsWrongWithAValue() {
        IniFile ini = ini("[mq]", "", "port = 56x2");
        assertEquals(5672, ini.integer("mq", "port", 5672, 1, 65535));
        assertEquals(
                List.of("[mq] port in /etc/mig/scheduler.cfg:3 is '56x2', expected a number from 1 to 65535"),
                problems(ini));
    }

    @Test
    void reportsAllProblemsTogetherInTheOrderOfTheFile() {
        IniFile ini = ini(
                "orphan = 1",
                "[mq]",
                "port = 0",
                "hots = relay",
                "what is this",
                "vhost = C:\\x",
                "pass = \"never closed",
                "user",
                "[agnet]",
                "timeout = 1s",
                "[agent]",
                "timeout = 0s",
                "detect = maybe",
                "mode = daemon",
                "spool = var/cache");
        ini.string("mq", "host");
        ini.integer("mq", "port", 1, 65535);
        ini.string("mq", "vhost", "/");
        ini.string("mq", "pass", "");
        ini.string("mq", "user", "");
        ini.duration("agent", "timeout", Duration.ZERO, Duration.ofSeconds(1), Duration.ofDays(1));
        ini.bool("agent", "detect", false);
        ini.word("agent", "mode", "a", "a", "b");
        ini.absolutePath("agent", "spool");
        ini.problem("agent", "freq", "must be shorter than half of [agent] timeout");
        String f = "/etc/mig/scheduler.cfg";
        assertEquals(
                List.of(
                        f + ":1: key before the first [section]",
                        "[mq] port in " + f + ":3 is '0', expected a number from 1 to 65535",
                        "[mq] hots in " + f + ":4 is unknown, did you mean 'host'?",
                        f + ":5: expected [section], key = value or a comment",
                        "[mq] vhost in " + f + ":6 contains a backslash; put the value in quotes, and write \\\\ there",
                        f + ":7: closing quote missing (write \\\\ for a backslash before a quote)",
                        "[mq] user in " + f + ":8 has no value",
                        "[agnet] in " + f + ":9 is an unknown section, did you mean 'agent'?",
                        "[agent] timeout in " + f + ":12 is '0s', expected a duration from 1s to 24h0m0s",
                        "[agent] detect in " + f + ":13 is 'maybe', expected on or off",
                        "[agent] mode in " + f + ":14 is 'daemon', expected one of a, b",
                        "[agent] spool in " + f + ":15 is 'var/cache', expected an absolute path",
                        "[mq] host in " + f + " is missing",
                        "[agent] freq in " + f + " must be shorter than half of [agent] timeout"),
                problems(ini));
    }

    @Test
    void namesTheLineOfTheValueThatIsWrong() {
        IniFile ini = ini("[a]", "k = one", "k = two", "K = one", "k", "k = three");
        ini.problem("A", "k", "two", "is too much");
        ini.problem("a", "K", "one", "is there twice");
        ini.problem("a", "k", "four", "is nowhere");
        String f = "[a] k in /etc/mig/scheduler.cfg";
        assertEquals(List.of(f + ":3 is too much", f + ":4 is there twice", f + " is nowhere"), problems(ini));
    }

    @Test
    void refusesANumberThatIsTooLong() {
        IniFile ini = ini("[a]", "n = " + "9".repeat(40), "b =", "d =");
        ini.integer("a", "n", 0, 0, 5);
        ini.bool("a", "b", false);
        ini.duration("a", "d", Duration.ZERO, Duration.ZERO, Duration.ZERO);
        assertEquals(3, problems(ini).size());
    }

    @Test
    void doesNotShowTheValueOfABrokenLine() {
        IniFile ini = ini("[mq]", "pass = \"secret", "pass = se\\cret");
        ini.string("mq", "pass", "");
        assertFalse(problems(ini).toString().contains("cret"));
    }

    @Test
    void namesTheFilesThatItDidNotFind() {
        ConfException none = assertThrows(
                ConfException.class,
                () -> IniFile.loadFirst(List.of(folder.resolve("a.cfg"), folder.resolve("b.cfg"))));
        assertTrue(none.getMessage().contains("a.cfg") && none.getMessage().contains("b.cfg"), none.getMessage());
        ConfException missing = assertThrows(ConfException.class, () -> IniFile.load(folder.resolve("a.cfg")));
        assertTrue(missing.getMessage().endsWith("a.cfg does not exist"), missing.getMessage());
        assertThrows(ConfException.class, () -> IniFile.load(folder));
    }

    @Test
    void takesTheFirstOfSeveralNames() throws Exception {
        Files.writeString(folder.resolve("b.cfg"), "[x]\n");
        IniFile ini = IniFile.loadFirst(List.of(folder.resolve("a.cfg"), folder.resolve("b.cfg")));
        assertEquals(folder.resolve("b.cfg").toString(), ini.name());
    }

    @Test
    void refusesBytesThatAreNotText() throws Exception {
        Path file = Files.write(folder.resolve("x.cfg"), new byte[] {'[', 'a', ']', (byte) 0xff, (byte) 0xfe});
        assertThrows(ConfException.class, () -> IniFile.load(file));
    }

    @Test
    void survivesAnyText() {
        Random random = new Random(1);
        String alphabet = "[]=:\"\\;#ab \t\n\r<>$\u0000é";
        for (int round = 0; round < 5000; round++) {
            StringBuilder text = new StringBuilder("[s]\n");
            for (int i = random.nextInt(60); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            IniFile ini = IniFile.parse("x", text.toString());
            ini.free("s");
            try {
                ini.finish();
            } catch (ConfException e) {
                assertFalse(e.problems().isEmpty());
            }
        }
    }

    @Test
    void readsTheSamplesOfTheDeploymentGuide() throws URISyntaxException {
        Path file = Path.of(
                IniFileTest.class.getResource("/conf/deployment-guide.cfg").toURI());
        IniFile ini = IniFile.load(file);
        assertEquals("xcJyJhLg1cldIp7eXcxv0U-UqV80tMb-", ini.string("postgres", "password"));
        assertEquals(5432, ini.integer("postgres", "port", 1, 65535));
        assertEquals("verify-full", ini.word("postgres", "sslmode", "disable", "disable", "require", "verify-full"));
        assertEquals(10, ini.integer("postgres", "maxconn", 5, 1, 1000));
        assertEquals("syslog", ini.word("logging", "mode", "stdout", "stdout", "file", "syslog"));
        assertEquals(514, ini.integer("logging", "port", 1, 65535));
        assertTrue(ini.bool("mq", "usetls", false));
        assertEquals(Optional.of(Path.of("/etc/mig/scheduler/cacert.pem")), ini.absolutePath("mq", "cacert"));
        Duration kept = ini.duration("collector", "deleteafter", Duration.ZERO, Duration.ZERO, Duration.ofDays(365));
        assertEquals(Duration.ofHours(72), kept);
        List<String> rest = problems(ini);
        assertTrue(rest.stream().allMatch(p -> p.contains("is unknown")), rest.toString());
    }
}
