package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import ninja.mig.json.MigJson;
import ninja.mig.modules.Modules;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltinConfigCompilerTest {
    @TempDir
    Path directory;

    private final Investigation it = new Investigation();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeFiles() throws Exception {
        Files.writeString(directory.resolve("bob.asc"), it.bob.publicKey());
        Files.writeString(directory.resolve("sam.asc"), it.sam.publicKey());
        Files.writeString(directory.resolve("acl.json"), it.acl());
        Files.writeString(directory.resolve("nonsense"), "nonsense");
    }

    @Test
    void compilesTheTemplate() throws Exception {
        BuiltinConfig config = compiled(Path.of("../conf/mig-agent-conf.cfg.inc"));

        assertEquals(List.of(), config.publicKeys());
        assertEquals("MyFavoriteAdminTeam", config.tags().get("operator"));
        assertTrue(config.modules().contains("file"));
        assertFalse(config.modules().contains("probe"));
        assertTrue(config.installService());
        assertTrue(said().contains("the agent will refuse every action"), said());
        AgentConf.of(config.settings(), config);
    }

    @Test
    void takesTheTemplateOnlyIfTheOperatorHasNoFileOfHisOwn() throws Exception {
        Path conf = Files.createDirectories(directory.resolve("project/conf"));
        Files.copy(Path.of("../conf/mig-agent-conf.cfg.inc"), conf.resolve("mig-agent-conf.cfg.inc"));
        assertEquals("localhost", fromProject("").settings().relayConf().host());

        Files.writeString(conf.resolve("mig-agent-conf.cfg"), "[agent]\nrelay = amqp://a:b@own/\n");
        assertEquals("own", fromProject("").settings().relayConf().host());

        Files.writeString(conf.resolve("dev.cfg"), "[agent]\nrelay = amqp://a:b@dev/\n");
        assertEquals("dev", fromProject("conf/dev.cfg").settings().relayConf().host());
    }

    private BuiltinConfig fromProject(String conf) throws Exception {
        assertEquals(0, build(conf, ""), this::said);
        return MigJson.read(Files.readAllBytes(directory.resolve("builtin.json")), BuiltinConfig.class);
    }

    private int build(String conf, String modules) {
        return build(conf, modules, "", "");
    }

    private int build(String conf, String modules, String os, String arch) {
        return run(
                "--build",
                directory.resolve("project").toString(),
                directory.resolve("builtin.json").toString(),
                "1.2",
                "dev",
                "--conf=" + conf,
                "--modules=" + modules,
                "--os=" + os,
                "--arch=" + arch);
    }

    @Test
    void takesTheModulesOfTheBuildersList() throws Exception {
        Path conf = Files.createDirectories(directory.resolve("project/conf"));
        Files.writeString(conf.resolve("mig-agent-conf.cfg"), "[agent]\nrelay = amqp://a:b@own/\nmodules = file\n");
        Path list = Files.writeString(conf.resolve("mods.txt"), "# for tests\n\n probe # not for endpoints\nexample\n");

        assertEquals(0, build("", "conf/mods.txt"), this::said);

        BuiltinConfig built = MigJson.read(Files.readAllBytes(directory.resolve("builtin.json")), BuiltinConfig.class);
        assertEquals(List.of("probe", "example"), built.modules());
        assertEquals("1.2.dev", built.version(), "no git, no commit");

        Files.writeString(list, "file\nflie\n");
        assertEquals(1, build("", "conf/mods.txt"));
        assertTrue(said().contains("mods.txt:2: names 'flie', which this program does not have: it has "), said());

        Files.writeString(list, "# none\n");
        assertEquals(1, build("", "conf/mods.txt"));
        assertTrue(said().contains("mods.txt names no module"), said());

        assertEquals(1, build("", "conf/none.txt"));
        assertTrue(said().contains("none.txt, the list of modules, cannot be read"), said());
    }

    @Test
    void shipsAListOfEveryModule() throws Exception {
        Path conf = Files.createDirectories(directory.resolve("project/conf"));
        Files.writeString(conf.resolve("mig-agent-conf.cfg"), "[agent]\nrelay = amqp://a:b@own/\n");
        Path list = Path.of("../conf/available_modules.txt.inc").toAbsolutePath();

        assertEquals(0, build("", list.toString()), this::said);

        BuiltinConfig built = MigJson.read(Files.readAllBytes(directory.resolve("builtin.json")), BuiltinConfig.class);
        assertEquals(BuiltinConfigSource.DEFAULT_MODULES, built.modules());
        String text = Files.readString(list);
        for (String module : Modules.installed().names()) {
            assertTrue(module.equals("probe") || text.matches("(?s).*\n(# )?" + module + " .*"), module);
        }
    }

    @Test
    void namesTheCommitThatItIsBuiltFrom() throws Exception {
        Path project = Files.createDirectories(directory.resolve("project"));
        Files.createDirectories(project.resolve("conf"));
        Files.writeString(project.resolve("conf/mig-agent-conf.cfg"), "[agent]\nrelay = amqp://a:b@own/\n");
        for (List<String> command : List.of(
                List.of("git", "init", "-q"),
                List.of(
                        "git",
                        "-c",
                        "user.name=x",
                        "-c",
                        "user.email=x@example.net",
                        "commit",
                        "-qm",
                        "x",
                        "--allow-empty"))) {
            ProcessBuilder git =
                    new ProcessBuilder(command).directory(project.toFile()).inheritIO();
            git.environment().put("GIT_COMMITTER_DATE", "2015-07-31T12:00:00Z");
            assertEquals(0, git.start().waitFor());
        }

        assertTrue(
                fromProject("").version().matches("20150731\\+[0-9a-f]{7}\\.dev"),
                fromProject("").version());

        assertEquals(0, build("", "", "windows", ""), this::said);
        BuiltinConfig built = MigJson.read(Files.readAllBytes(directory.resolve("builtin.json")), BuiltinConfig.class);
        assertEquals("15.07.31", built.version());

        assertEquals(1, build("", "", "windows", "sparc"));
        assertTrue(said().contains("OS is 'windows', ARCH 'sparc': expected linux"), said());
    }

    @Test
    void putsTheAgentUnderTheNameOfItsVersion() throws Exception {
        Path dist = Files.createDirectories(directory.resolve("dist"));
        Path bin = directory.resolve("bin");
        Files.copy(jar(), dist.resolve("mig-agent.jar"));
        String name = "mig-agent-20150731+a1ad194.dev";

        assertEquals(0, pack("linux", "amd64"), this::said);
        assertEquals(0, pack("linux", "amd64"), "again");
        assertEquals(0, pack("windows", "386"), this::said);
        assertEquals(0, pack("", "arm64"), this::said);
        assertEquals(0, pack("", ""), this::said);

        Path latest = bin.resolve("linux/amd64/mig-agent-latest");
        assertEquals(name, Files.readSymbolicLink(latest).toString());
        assertEquals(-1, Files.mismatch(dist.resolve("mig-agent"), latest));
        assertTrue(Files.isExecutable(latest));
        assertEquals(-1, Files.mismatch(dist.resolve("mig-agent.jar"), bin.resolve("windows/386/" + name + ".jar")));
        String os = EnvironmentProbe.os();
        assertTrue(Files.exists(bin.resolve(os + "/arm64/mig-agent-latest")));
        String arch = EnvironmentProbe.arch(System.getProperty("os.arch"));
        assertTrue(Files.exists(bin.resolve(os + "/" + arch + "/mig-agent-latest")));

        assertEquals(2, pack("beos", "amd64"));
        assertTrue(said().contains("OS is 'beos', ARCH 'amd64': expected linux"), said());
        assertEquals(2, pack("linux", "../x"));
    }

    private Path jar() throws Exception {
        Path jar = directory.resolve("made.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry(BuiltinConfig.RESOURCE));
            out.write("{\"version\":\"20150731+a1ad194.dev\"}".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private int pack(String os, String arch) {
        return AgentPackage.run(
                List.of(
                        directory.resolve("dist").toString(),
                        directory.resolve("bin").toString(),
                        "--os=" + os,
                        "--arch=" + arch),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @Test
    void embedsKeysAndAcl() throws Exception {
        BuiltinConfig config = compiled(write("""
                [agent]
                    relay = "amqp://agent:secret@localhost/mig"
                    heartbeatfreq = "90s"
                    refreshenv = "5m"
                    discoverawsmeta = on
                    extraprivacymode = on
                    proxies = "proxy1.example.net:3128"
                    proxies = "proxy2.example.net:8080"
                    modules = "file probe"
                [tags]
                    operator = "A \\"quoted\\" team"
                [pgp]
                    publickey = "bob.asc"
                    publickey = "sam.asc"
                [acl]
                    permission = "acl.json"
                [logging]
                    mode = file
                    file = "/var/log/a \\"b\\" \\\\ c\\n.log"
                """));
        AgentConf conf = AgentConf.of(config.settings(), config);

        assertEquals(2, conf.keyring().keys().size());
        assertEquals(2, conf.acl().permissions().size());
        assertEquals(List.of("file", "probe"), config.modules());
        assertEquals(Map.of("operator", "A \"quoted\" team"), config.tags());
        assertEquals("proxy2.example.net:8080", conf.proxies().get(1).toString());
        assertEquals(90, conf.settings().heartbeatFreq().toSeconds());
        assertEquals(300, conf.settings().refreshEnv().toSeconds());
        assertTrue(conf.settings().discoverAwsMeta());
        assertTrue(conf.settings().extraPrivacy());
        assertEquals(
                Path.of("/var/log/a \"b\" \\ c\n.log"),
                conf.settings().logging().file().orElseThrow());
        assertEquals("v1", config.version());
        assertEquals("", said());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[pgp] ; publickey = missing.asc | cannot be read",
                "[pgp] ; publickey = nonsense | which is refused",
                "[pgp] ; publickey = bob.asc ; publickey = bob.asc | is there already",
                "[acl] ; permission = nonsense | not JSON",
                "[acl] ; permission = acl.json ; permission = acl.json | twice",
                "[acl] ; permission = heavy.json | needs a weight of 9",
                "[agent] ; modules = file nosuch | names 'nosuch'",
                "[agent] ; proxies = nonsense | a proxy is not host:port",
                "[agent] ; heartbeatfreq = soon | heartbeatfreq",
                "[agent] ; unknown = 1 | is unknown",
                "[certs] ; ca = nonsense | is refused",
                "[certs] ; ca = missing.pem | cannot be read",
            })
    void refusesWhatWouldNotWork(String lines, String part) throws Exception {
        Files.writeString(
                directory.resolve("heavy.json"),
                "{\"default\":{\"minimumweight\":9,\"investigators\":{\"Bob\":{\"fingerprint\":\""
                        + it.bob.fingerprint() + "\",\"weight\":1}}}}");
        Path out = directory.resolve("builtin.json");

        int status = run(
                "--out",
                out.toString(),
                "--version",
                "v",
                write("[agent]\nrelay = amqp://a:b@host/\n" + lines.strip().replace(" ; ", "\n"))
                        .toString());

        assertEquals(1, status);
        assertTrue(said().contains(part.strip()), said());
        assertFalse(Files.exists(out));
    }

    @Test
    void namesTheLineAndTheFileOfEachMistake() throws Exception {
        Files.writeString(directory.resolve("light.json"), "{\"netstat\":{\"minimumweight\":0,\"investigators\":{}}}");
        Path conf = write("""
                [agent]
                    relay = amqps://a:b@host/
                    proxies = nonsense
                    proxies = proxy2.example.net:8080
                    modules = nosuch
                    modules = file
                [pgp]
                    publickey = missing.asc
                    publickey = nonsense
                    publickey = bob.asc
                [acl]
                    permission = light.json
                    permission = acl.json
                [certs]
                    ca = nonsense
                    cert = nonsense
                    key = nonsense
                """);

        assertEquals(1, run("--out", directory.resolve("x").toString(), "--version", "v", conf.toString()));

        for (String part : List.of(
                "[agent] proxies in " + conf + ":3 is refused",
                "[agent] modules in " + conf + ":5 names 'nosuch'",
                "[pgp] publickey in " + conf + ":8 names missing.asc",
                "[pgp] publickey in " + conf + ":9 names nonsense",
                "[acl] permission in " + conf + ":12 names light.json, which is refused: permission 'netstat'",
                "[certs] ca in " + conf + ":15 is refused",
                "[certs] cert in " + conf + ":16 is refused")) {
            assertTrue(said().contains(part), () -> part + " is not in\n" + said());
        }
        assertEquals(7, said().lines().count(), this::said);
    }

    @ParameterizedTest
    @CsvSource({
        "ca.crt, rsa.crt, ec.key, '[certs] key in '",
        "ca.crt, rsa.crt, rsa.crt, '[certs] key in '",
        "ca.crt, rsa.key, rsa.key, '[certs] cert in '",
        "ca.crt, rsa.crt, '', '[certs] cert in '",
        "ca.crt, '', rsa.key, '[certs] key in '",
        "rsa.key, rsa.crt, rsa.key, '[certs] ca in '",
    })
    void blamesTheCertificateOrKeyAndNotTheRelay(String ca, String cert, String key, String place) throws Exception {
        Path conf = write("[agent]\nrelay = amqps://a:b@localhost/\n[certs]\nca = %s\ncert = %s\nkey = %s\n"
                .formatted(pem(ca), pem(cert), pem(key)));

        assertEquals(1, run("--out", directory.resolve("x").toString(), "--version", "v", conf.toString()));

        assertTrue(said().startsWith("[error] " + place + conf), this::said);
        assertEquals(1, said().lines().count(), this::said);
    }

    private static String pem(String name) {
        return name.isEmpty()
                ? ""
                : Path.of("../mig-common/src/test/resources/tls", name)
                        .toAbsolutePath()
                        .toString();
    }

    @Test
    void warnsOfWhatIsProbablyAMistake() throws Exception {
        compiled(write("""
                [agent]
                    relay = "amqp://agent:secret@relay1.mig.example.net/mig"
                [pgp]
                    publickey = "bob.asc"
                [acl]
                    permission = "acl.json"
                """));

        assertTrue(said().contains("lists " + it.sam.fingerprint() + ", but [pgp] has no such key"), said());
        assertTrue(said().contains("without TLS"), said());
        assertTrue(said().contains("still the example"), said());
    }

    @Test
    void replacesTheConfigurationInAJarAndNothingElse() throws Exception {
        Path jar = directory.resolve("agent.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
            out.write("Manifest-Version: 1.0\nMain-Class: x.Y\n".getBytes(StandardCharsets.US_ASCII));
            out.putNextEntry(new JarEntry(BuiltinConfig.RESOURCE));
            out.write("{\"version\":\"20150731+a1ad194.prod\",\"modules\":[\"file\",\"gone\"]}"
                    .getBytes(StandardCharsets.US_ASCII));
            out.putNextEntry(new JarEntry("other/file"));
            out.write("kept".getBytes(StandardCharsets.US_ASCII));
        }
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("r-x------"));

        assertEquals(
                0,
                run(
                        "--into",
                        jar.toString(),
                        write("[agent]\nrelay = amqp://a:b@other/\n").toString()),
                this::said);

        try (JarFile changed = new JarFile(jar.toFile())) {
            BuiltinConfig config = MigJson.read(
                    changed.getInputStream(changed.getEntry(BuiltinConfig.RESOURCE))
                            .readAllBytes(),
                    BuiltinConfig.class);
            assertEquals("20150731+a1ad194.prod", config.version());
            assertEquals(List.of("file", "gone"), config.modules());
            assertTrue(said().contains("[info] its modules, as before: file, gone\n"), said());
            assertEquals("other", config.settings().relayConf().host());
            assertEquals("x.Y", changed.getManifest().getMainAttributes().getValue("Main-Class"));
            assertEquals(3, changed.size());
        }
        assertEquals("r-x------", PosixFilePermissions.toString(Files.getPosixFilePermissions(jar)));

        Path conf = write("[agent]\nrelay = amqp://a:b@other/\nmodules = example\n");
        assertEquals(0, run("--into", jar.toString(), conf.toString()), this::said);

        assertEquals(List.of("example"), BuiltinConfigCompiler.builtInto(jar).modules());
        assertTrue(said().contains("[info] its modules from now on: example\n"), said());
    }

    @Test
    void leavesAJarAloneThatIsNoAgentOrWhoseConfigurationIsRefused() throws Exception {
        Path jar = directory.resolve("other.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("some/file"));
        }
        byte[] before = Files.readAllBytes(jar);

        assertEquals(
                1,
                run(
                        "--into",
                        jar.toString(),
                        write("[agent]\nrelay = amqp://a:b@other/\n").toString()));
        assertTrue(said().contains("is not an agent"), said());
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(jar)));
    }

    @Test
    void saysWhatIsMissing() {
        assertEquals(2, run());
        assertEquals(
                1,
                run(
                        "--out",
                        directory.resolve("x").toString(),
                        "--version",
                        "v",
                        directory.resolve("none.cfg").toString()));
        assertTrue(said().contains("none.cfg configuration file is missing"), said());
    }

    private BuiltinConfig compiled(Path source) throws Exception {
        Path out = directory.resolve("builtin.json");
        assertEquals(0, run("--out", out.toString(), "--version", "v1", source.toString()), this::said);
        return MigJson.read(Files.readAllBytes(out), BuiltinConfig.class);
    }

    private int run(String... args) {
        return BuiltinConfigCompiler.run(List.of(args), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("conf.cfg"), text);
    }
}
