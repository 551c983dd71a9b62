package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfTest {
    private static final Path SAMPLE = Path.of("../conf/mig-agent.cfg.inc");

    @TempDir
    Path directory;

    private final BuiltinConfig builtin = BuiltinConfig.load();
    private final ByteArrayOutputStream announced = new ByteArrayOutputStream();

    @Test
    void loadsTheSample() {
        AgentConf conf = load(Optional.of(SAMPLE));

        assertEquals("localhost", conf.relay().host());
        assertEquals("mig", conf.relay().vhost());
        assertEquals(Duration.ofSeconds(300), conf.settings().moduleTimeout());
        assertTrue(conf.settings().isImmortal());
        assertTrue(conf.settings().installService());
        assertEquals(51664, conf.statSocket().orElseThrow().getPort());
    }

    @Test
    void usesTheBuiltInConfigurationWithoutAFile() {
        AgentConf conf = load(Optional.empty());

        assertEquals(builtin.relay(), conf.settings().relay());
        assertTrue(said().contains("[info] using builtin conf"), said());
    }

    @Test
    void usesTheDefaultFileIfItExists() throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@other/\n");

        AgentConf conf = AgentConf.load(Optional.empty(), file, builtin, printer());

        assertEquals("other", conf.relay().host());
    }

    @Test
    void doesNotTakeABrokenDefaultFileForAMissingOne() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));

        ConfException refused =
                assertThrows(ConfException.class, () -> AgentConf.load(Optional.empty(), link, builtin, printer()));

        assertTrue(refused.getMessage().contains(link.toString()), refused.getMessage());
        assertFalse(said().contains("builtin"), said());
    }

    @Test
    void asksNobodyForItsAddressWithoutAnApi() throws Exception {
        AgentConf conf = load(Optional.of(write("[agent]\nrelay = amqp://a:b@host/\ndiscoverpublicip = on\n")));

        assertFalse(conf.settings().asksPublicIp());
    }

    @Test
    void takesNothingFromTheBuiltInSettingsWhenThereIsAFile() throws Exception {
        AgentConf conf = load(Optional.of(write("[agent]\nrelay = amqp://a:b@host/\n")));

        assertEquals(Duration.ofSeconds(300), conf.settings().heartbeatFreq());
        assertEquals("", conf.settings().api());
        assertFalse(conf.settings().isImmortal());
        assertEquals(Map.of(), conf.settings().tags());
        assertTrue(said().contains("[info] it has no tags: those that are built in do not count"), said());
    }

    @Test
    void takesItsTagsFromTheFileInEitherForm() throws Exception {
        assertEquals(
                Map.of("operator", "tests"), load(Optional.empty()).settings().tags());

        AgentConf conf = load(Optional.of(write("""
                [agent]
                    relay = amqp://a:b@host/
                    tags = "Site:Paris: 2nd floor"
                    tags = team : x
                [tags]
                    operator = "IT"
                """)));

        assertEquals(
                Map.of("operator", "IT", "Site", "Paris: 2nd floor", "team", "x"),
                conf.settings().tags());
    }

    @ParameterizedTest
    @CsvSource({
        "tags = operator, '[agent] tags in '",
        "'tags = \":IT\"', 'expected a tag such as operator:IT'",
        "'tags = a:1\ntags = a:2', 'tag ''a'', which is there already'",
        "'tags = a:1\n[tags]\na = 2', 'tag ''a'', which is there already'",
        "'[tags]\na', '[tags] a in '",
    })
    void refusesATagThatNobodyCanUnderstand(String lines, String part) throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@host/\n" + lines + "\n");

        assertRefused(part, () -> load(Optional.of(file)));
    }

    @Test
    void refusesAFileThatIsMissing() {
        assertRefused("does not exist", () -> load(Optional.of(directory.resolve("none.cfg"))));
    }

    @ParameterizedTest
    @CsvSource({
        "proxies = p:1, '[agent] proxies in '",
        "publicpgpkeys = x, '[agent] publicpgpkeys in '",
        "agentacl = x, '[agent] agentacl in '",
        "modules = file, '[agent] modules in '",
        "'[pgp]\npublickey = x', '[pgp] publickey in '",
        "'[acl]\npermission = x', '[acl] permission in '",
    })
    void refusesWhatOnlyTheBuiltInConfigurationMaySet(String lines, String place) throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@host/\n" + lines + "\n");

        String message =
                assertThrows(ConfException.class, () -> load(Optional.of(file))).getMessage();

        assertTrue(
                message.contains(place) && message.contains("is built into the agent and cannot be set by a file"),
                message);
    }

    @Test
    void namesEveryProblemAtOnce() throws Exception {
        Path file = write("""
                [agent]
                    relay = "http://host/"
                    api = "nonsense"
                    socket = "10.0.0.1:51664"
                    heartbeatfreq = "0s"
                    moduletimeout = "forever"
                    isimmortal = perhaps
                    heartbeatfrequency = 5s
                [certs]
                    ca = "/does/not/exist.pem"
                [logging]
                    level = loud
                [nonsense]
                    x = 1
                """);

        List<String> problems =
                assertThrows(ConfException.class, () -> load(Optional.of(file))).problems();

        assertEquals(10, problems.size(), () -> String.join("\n", problems));
        for (String word : List.of(
                "relay", "api", "socket", "heartbeatfreq", "moduletimeout", "isimmortal", "ca", "level", "nonsense")) {
            assertTrue(problems.stream().anyMatch(p -> p.contains(word)), word);
        }
    }

    @Test
    void putsItsLogFileAsideByItself() throws Exception {
        String conf = "[agent]\nrelay = amqp://a:b@host/\n[logging]\nmode = file\nfile = /var/log/mig-agent.log\n";

        assertEquals(
                10 << 20, load(Optional.of(write(conf))).settings().logging().maxFileSize());
        assertEquals(
                0,
                load(Optional.of(write(conf + "maxfilesize = 0\n")))
                        .settings()
                        .logging()
                        .maxFileSize());
    }

    @ParameterizedTest
    @CsvSource({"5m, 300", "10s, 10", "24h, 86400", "0, 0", "'', 0"})
    void refreshesTheEnvironmentAsOftenAsIsWished(String period, long seconds) throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@host/\nrefreshenv = \"" + period + "\"\n");

        assertEquals(seconds, load(Optional.of(file)).settings().refreshEnv().toSeconds());
    }

    @ParameterizedTest
    @CsvSource({"1s", "9s", "-5m", "25h", "often"})
    void refusesToRefreshTheEnvironmentAllTheTime(String period) throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@host/\nrefreshenv = \"" + period + "\"\n");

        assertRefused("[agent] refreshenv in " + file, () -> load(Optional.of(file)));
    }

    @Test
    void looksNeitherAtTheCloudNorAgainAtTheHostUnlessToldTo() throws Exception {
        AgentSettings silent =
                load(Optional.of(write("[agent]\nrelay = amqp://a:b@host/\n"))).settings();
        assertFalse(silent.discoverAwsMeta());
        assertFalse(silent.extraPrivacy());
        assertEquals(Duration.ZERO, silent.refreshEnv());
        assertEquals(Duration.ZERO, builtin.settings().refreshEnv());

        AgentSettings curious = load(Optional.of(write("[agent]\nrelay = amqp://a:b@host/\ndiscoverawsmeta = on\n")))
                .settings();
        assertTrue(curious.discoverAwsMeta());

        assertTrue(load(Optional.of(write("[agent]\nrelay = amqp://a:b@host/\nextraprivacymode = on\n")))
                .settings()
                .extraPrivacy());
    }

    @Test
    void refusesAFileWithoutARelay() throws Exception {
        Path file = write("[agent]\nisimmortal = on\n");

        assertRefused("[agent] relay in " + file + " is missing", () -> load(Optional.of(file)));
    }

    @Test
    void refusesTlsWithoutACa() throws Exception {
        Path file = write("[agent]\nrelay = amqps://a:b@host/\n");

        assertRefused("amqps, which needs a CA certificate", () -> load(Optional.of(file)));
    }

    @Test
    void refusesACertificateWithoutItsKey() throws Exception {
        Path pem = Files.writeString(directory.resolve("x.pem"), "nonsense");
        Path file = write("[agent]\nrelay = amqp://a:b@host/\n[certs]\ncert = \"" + pem + "\"\n");

        assertRefused("belong together", () -> load(Optional.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "UTF-8", "UTF-16"})
    void readsCertificatesWithRemarksInAnyCharset(String charset) throws Exception {
        byte[] remark = "Zürich, 東京\n".getBytes(charset);
        byte[] pem = Files.readAllBytes(Path.of("../mig-common/src/test/resources/tls/ca.crt"));
        Path ca = Files.write(directory.resolve("ca.crt"), remark);
        Files.write(ca, pem, StandardOpenOption.APPEND);

        AgentConf conf = load(Optional.of(write("[agent]\nrelay = amqps://a:b@host/\n[certs]\nca = ca.crt\n")));

        assertTrue(conf.relay().tls().isPresent());
    }

    @Test
    void doesNotRepeatThePasswordOfABrokenRelay() throws Exception {
        Path file = write("[agent]\nrelay = \"amqp://agent:s3cr@t@host:port/\"\n");

        String message =
                assertThrows(ConfException.class, () -> load(Optional.of(file))).getMessage();

        assertFalse(message.contains("s3cr"), message);
    }

    @Test
    void refusesASocketForOtherMachinesThatIsBuiltIn() {
        BuiltinConfig open = new BuiltinConfig(
                "v",
                builtin.relay(),
                "",
                "0.0.0.0:51664",
                "300s",
                "300s",
                false,
                false,
                false,
                false,
                null,
                null,
                "",
                "",
                "",
                null,
                null,
                null,
                null,
                false,
                null,
                false);

        assertRefused("[agent] socket is '0.0.0.0:51664'", () -> AgentConf.of(open.settings(), open));
    }

    @Test
    void warnsOfAFileThatOthersCanRead() throws Exception {
        Path file = write("[agent]\nrelay = amqp://a:b@host/\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        load(Optional.of(file));
        assertFalse(said().contains("[warning]"), said());

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        load(Optional.of(file));
        assertTrue(said().contains("[warning]"), said());
    }

    @Test
    void refusesABrokenKeyOrAclThatIsBuiltIn() throws Exception {
        BuiltinConfig broken = new BuiltinConfig(
                "v",
                builtin.relay(),
                "",
                "",
                "300s",
                "300s",
                false,
                false,
                false,
                false,
                List.of("no proxy"),
                null,
                "",
                "",
                "",
                List.of("no key"),
                List.of(ninja.mig.json.MigJson.tree("{\"default\":{}}")),
                null,
                null,
                false,
                null,
                false);

        List<String> problems = assertThrows(ConfException.class, () -> AgentConf.of(broken.settings(), broken))
                .problems();

        assertTrue(problems.size() >= 3, problems::toString);
    }

    private AgentConf load(Optional<Path> file) {
        return AgentConf.load(file, directory.resolve("default.cfg"), builtin, printer());
    }

    private PrintStream printer() {
        return new PrintStream(announced, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return announced.toString(StandardCharsets.UTF_8);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("agent.cfg"), text);
    }

    private static void assertRefused(String part, org.junit.jupiter.api.function.Executable load) {
        String message = assertThrows(ConfException.class, load).getMessage();
        assertTrue(message.contains(part), message);
    }
}
