package ninja.mig.modules.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class UpgradeModuleTest {
    private static final long PID = 4242;

    @TempDir
    Path temp;

    private final UpgradeModule module = new UpgradeModule();
    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private Path folder;
    private Path record;
    private AgentFile old;
    private Path link;

    @BeforeEach
    void install() throws Exception {
        folder = Files.createDirectory(temp.toRealPath().resolve("sbin"));
        record = temp.resolve("record");
        Path file = Files.writeString(folder.resolve("mig-agent-1.0"), "old");
        old = new AgentFile(file, "1.0");
        link = Files.createSymbolicLink(folder.resolve("mig-agent"), Path.of("mig-agent-1.0"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** A new agent that writes down how it is called. */
    private String agent(String version, String more) {
        return "#!/bin/sh\necho \"$@\" >>'" + record + "'\n[ \"$1\" != -V ] || { echo " + version + "; exit; }\n" + more
                + "\n";
    }

    private void serve(String path, byte[] content) {
        server.createContext(path, exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, content.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(content);
            }
        });
    }

    private Release serve(String version, String content) throws Exception {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        serve("/agent", bytes);
        return release(version, "/agent", bytes);
    }

    private Release release(String version, String path, byte[] content) throws Exception {
        return new Release(
                version,
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path),
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    }

    private ModuleResult upgrade(Release release) throws Exception {
        return upgrade(release, RunContext.unlimited());
    }

    private ModuleResult upgrade(Release release, RunContext context) throws Exception {
        return module.run(release, old, host(PID), context);
    }

    private Successor.Host host(long agent) {
        return new Successor.Host(
                temp.resolve("proc"), "/usr/bin:/bin", agent, Optional.empty(), temp, false, Map.of());
    }

    private String refused(Release release) {
        return assertThrows(RejectedException.class, () -> upgrade(release)).getMessage();
    }

    private List<String> called() throws IOException {
        return Files.exists(record) ? Files.readAllLines(record) : List.of();
    }

    /** Everything is as before: the files, and where the link leads. */
    private void assertUnchanged() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    "mig-agent mig-agent-1.0",
                    files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.joining(" ")));
        }
        assertEquals(Path.of("mig-agent-1.0"), Files.readSymbolicLink(link));
        assertEquals("old", Files.readString(link));
    }

    static Stream<VectorCase> valid() {
        return VectorCase.of("upgrade/valid");
    }

    static Stream<VectorCase> invalid() {
        return VectorCase.of("upgrade/invalid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void takesWhatTheVectorsSay(VectorCase vector) throws Exception {
        UpgradeParameters bound = module.bind(MigJson.tree(vector.parameters(temp)));

        Map<String, Release> expected = vector.json().get("parameters").properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        platform -> new Release(
                                platform.getValue().get("to_version").asText(),
                                URI.create(platform.getValue().get("location").asText()),
                                platform.getValue().get("checksum").asText().toLowerCase(Locale.ROOT))));
        assertEquals(expected, bound.releases());
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatTheVectorsSay(VectorCase vector) {
        if (vector.isRefusedByTheRun()) {
            assertThrows(
                    RejectedException.class,
                    () -> module.run(module.bind(MigJson.tree(vector.parameters(temp))), RunContext.unlimited()));
        } else {
            assertThrows(InvalidParametersException.class, () -> module.bind(MigJson.tree(vector.parameters(temp))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "\"linux/amd64\"",
                "{\"linux/amd64\":null}",
                "{\"linux/amd64\":\"x\"}",
                "{\"linux/../amd64\":{}}",
                "{\"LINUX/amd64\":{\"to_version\":\"x\",\"location\":\"https://h/\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"location\":\"https://u:p@h/\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"location\":\"https:///x\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"location\":\"https://h/ x\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"location\":\"https:h\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"location\":\"x\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":\"x/y\",\"location\":\"https://h/\",\"checksum\":\"@\"}}",
                "{\"linux/amd64\":{\"to_version\":7,\"location\":\"https://h/\",\"checksum\":\"@\"}}"
            })
    void refusesHostileParameters(String parameters) {
        assertThrows(
                RejectedException.class, () -> module.bind(MigJson.tree(parameters.replace("@", "ab".repeat(32)))));
    }

    @Test
    void installsTheNewAgentBesideTheOldOneAndStartsIt() throws Exception {
        String content = agent("2.0", "");
        ModuleResult result = upgrade(serve("2.0", content));

        Path file = folder.resolve("mig-agent-2.0");
        assertEquals(content, Files.readString(file));
        assertEquals("r-x------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(Files.getOwner(folder), Files.getOwner(file));
        assertEquals(Path.of("mig-agent-2.0"), Files.readSymbolicLink(link));
        assertEquals("old", Files.readString(old.path()));
        assertEquals(List.of("-V", "-u"), called());
        assertTrue(result.success());
        assertFalse(result.foundAnything());
        assertEquals(PID, result.elements().get("oldpid").asLong());
        assertEquals(content.length(), result.statistics().get("downloadsize").asLong());
        assertEquals(List.of("upgrade to 2.0 started, old agent has PID 4242"), module.print(result, true));
        assertTrue(
                module.print(result, false).get(1).matches("stat: " + content.length() + " bytes downloaded in .+s"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count(), "nothing else is left");
        }
    }

    @Test
    void makesTheLinkIfThereIsNone() throws Exception {
        Files.delete(link);
        upgrade(serve("2.0", agent("2.0", "")));
        assertEquals(Path.of("mig-agent-2.0"), Files.readSymbolicLink(link));

        Files.delete(link);
        Files.delete(folder.resolve("mig-agent-2.0"));
        server.removeContext("/agent");
        refused(serve("2.0", agent("2.0", "exit 1")));
        assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void neverExecutesAFileOfAnotherChecksum() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));

        String message = refused(new Release("2.0", release.location(), "ab".repeat(32)));

        assertTrue(message.contains(", has the SHA-256 " + release.checksum() + ", and not abab"), message);
        assertEquals(List.of(), called());
        assertUnchanged();
    }

    @Test
    void refusesAnotherVersionThanTheOneThatWasSaid() throws Exception {
        String message = refused(serve("2.0", agent("2.1", "")));

        assertEquals("the new agent says that it is version '2.1', and not '2.0'", message);
        assertEquals(List.of("-V"), called());
        assertUnchanged();
    }

    @Test
    void takesEverythingBackIfTheNewAgentDoesNotStart() throws Exception {
        String message = refused(serve("2.0", agent("2.0", "exit 7")));

        assertTrue(message.endsWith(" -u, ended with status 7"), message);
        assertEquals(List.of("-V", "-u"), called());
        assertUnchanged();
    }

    @Test
    void refusesTheVersionThatRunsAlready() throws Exception {
        assertEquals("this agent has version 1.0 already, nothing was done", refused(serve("1.0", agent("1.0", ""))));
        assertEquals(0, requests.get());
    }

    @Test
    void neverOverwritesAFile() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));
        Path file = Files.writeString(folder.resolve("mig-agent-2.0"), "something else");

        assertTrue(refused(release).contains("is there already, and is not the file that was meant"));
        assertEquals("something else", Files.readString(file));

        Files.delete(file);
        Files.createSymbolicLink(file, Files.writeString(temp.resolve("x"), agent("2.0", "")));
        assertTrue(refused(release).contains("is there already, and is not the file that was meant"));

        Files.delete(file);
        Files.writeString(file, agent("2.0", ""));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwx---"));
        assertTrue(refused(release).contains("or others can change it"));
        assertEquals(List.of(), called());
        assertEquals(0, requests.get());
    }

    @Test
    void usesAFileThatIsThereAlready() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));
        Path file = Files.writeString(folder.resolve("mig-agent-2.0"), agent("2.0", ""));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        ModuleResult result = upgrade(release);

        assertTrue(result.success());
        assertEquals(0, requests.get());
        assertEquals("r-x------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(Path.of("mig-agent-2.0"), Files.readSymbolicLink(link));
    }

    @Test
    void needsALinkThatItCanTurn() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));
        Files.delete(link);
        Files.writeString(link, "a file");

        assertTrue(refused(release).contains("is a file and no link"));
        assertEquals(0, requests.get());
        assertEquals("a file", Files.readString(link));
    }

    @Test
    void clearsUpAfterRunsThatWereKilled() throws Exception {
        Path forgotten = Files.createDirectory(folder.resolve(".mig-agent-upgrade123"));
        Files.writeString(forgotten.resolve("mig-agent"), "half a file");
        Files.setLastModifiedTime(forgotten, FileTime.from(Instant.now().minusSeconds(7200)));
        Path ofAnother = Files.createDirectory(folder.resolve(".mig-agent-upgrade456"));

        upgrade(serve("2.0", agent("2.0", "")));

        assertFalse(Files.exists(forgotten));
        assertTrue(Files.exists(ofAnother));
    }

    private void redirect(String from, String to, int status) {
        server.createContext(from, exchange -> {
            exchange.getResponseHeaders().add("Location", to);
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    @Test
    void followsFewRedirects() throws Exception {
        byte[] content = agent("2.0", "").getBytes(StandardCharsets.UTF_8);
        serve("/agent", content);
        int[] statuses = {301, 302, 303, 307, 308, 301};
        for (int i = 0; i < statuses.length; i++) {
            redirect("/r" + i, i == 0 ? "/agent" : "/r" + (i - 1), statuses[i]);
        }

        assertTrue(refused(release("2.0", "/r5", content)).endsWith("/r5 leads to more than 5 other places"));
        assertUnchanged();
        assertTrue(upgrade(release("2.0", "/r4", content)).success());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http:///x", "http://[x/", "jar:http://127.0.0.1/x!/"
            })
    void followsNoRedirectToOtherThings(String target) throws Exception {
        redirect("/r", target, 302);

        String message = refused(release("2.0", "/r", new byte[0]));
        assertTrue(message.contains(" leads to "), message);
        assertUnchanged();
    }

    @Test
    void neverLeavesHttps() throws Exception {
        URI secure = URI.create("https://files.example.net/x");

        assertEquals(URI.create("https://other.example.net/y"), Download.follow(secure, "https://other.example.net/y"));
        assertEquals(URI.create("https://files.example.net/y"), Download.follow(secure, "/y"));
        assertThrows(RejectedException.class, () -> Download.follow(secure, "http://files.example.net/x"));
        assertEquals(secure, Download.follow(URI.create("http://files.example.net/x"), "https://files.example.net/x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 206, 304, 404, 500})
    void takesNothingButSuccess(int status) throws Exception {
        server.createContext("/agent", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });

        assertTrue(refused(release("2.0", "/agent", new byte[0])).endsWith("answered with status " + status));
        assertUnchanged();
    }

    @Test
    void saysWhatCannotBeFetched() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        String message = refused(new Release("2.0", URI.create("http://127.0.0.1:" + closed + "/x"), "ab".repeat(32)));

        assertTrue(message.startsWith("http://127.0.0.1:" + closed + "/x cannot be fetched: "), message);
        assertUnchanged();
    }

    private long download(Release release, long largest, RunContext context) throws Exception {
        Path target = temp.resolve("target");
        Files.deleteIfExists(target);
        return new Download(largest, Duration.ofMillis(300), context).fetch(release, Files.createFile(target));
    }

    private static void chunked(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(new byte[bytes]);
        }
    }

    @Test
    void boundsTheSizeWhateverTheServerSays() throws Exception {
        byte[] content = new byte[100_000];
        serve("/known", content);
        server.createContext("/unknown", exchange -> chunked(exchange, content.length));

        for (String path : List.of("/known", "/unknown")) {
            Release release = release("2.0", path, content);
            assertEquals(100_000, download(release, 100_000, RunContext.unlimited()));
            String message = assertThrows(
                            RejectedException.class, () -> download(release, 99_999, RunContext.unlimited()))
                    .getMessage();
            assertTrue(message.endsWith(" gives has more than 99999 bytes"), message);
        }
    }

    @Test
    void doesNotWaitForASilentServer() throws Exception {
        server.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
        });

        String message = assertThrows(
                        RejectedException.class,
                        () -> download(release("2.0", "/slow", new byte[1000]), 10_000, RunContext.unlimited()))
                .getMessage();

        assertTrue(message.contains("/slow cannot be fetched: "), message);
    }

    @Test
    void stopsInTheMiddleOfADownload() throws Exception {
        byte[] content = new byte[1 << 20];
        RunContext context = RunContext.unlimited();
        server.createContext("/agent", exchange -> {
            context.requestStop();
            chunked(exchange, content.length);
        });

        String message = assertThrows(
                        RejectedException.class,
                        () -> download(release("2.0", "/agent", content), content.length, context))
                .getMessage();

        assertEquals("the download did not end in time: nothing was changed", message);
    }

    @Test
    void leavesNothingOfAServerThatStalls() throws Exception {
        RunContext context = RunContext.unlimited();
        server.createContext("/agent", exchange -> context.requestStop());
        Release release = release("2.0", "/agent", new byte[0]);

        String message = assertThrows(RejectedException.class, () -> upgrade(release, context))
                .getMessage();

        assertEquals("the download did not end in time: nothing was changed", message);
        assertUnchanged();
    }

    @Test
    void doesNotBeginWhatCannotEndInTime() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));
        RunContext context =
                new RunContext(Clock.systemUTC(), Optional.of(Instant.now().plusSeconds(15)), false);

        String message = assertThrows(RejectedException.class, () -> upgrade(release, context))
                .getMessage();

        assertTrue(message.startsWith("there is not enough time left to start the new agent"), message);
        assertEquals(List.of("-V"), called());
        assertUnchanged();
    }

    @Test
    void isAtWorkOnceAtATime() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));
        try (UpgradeLock other = UpgradeLock.take(temp)) {
            assertEquals("another upgrade of this agent is at work, nothing was done", refused(release));
            assertEquals(0, requests.get());
            assertUnchanged();
        }
        assertTrue(upgrade(release).success());
    }

    @Test
    void saysThatNoAgentHasRunHere() {
        Path none = temp.resolve("none");

        String message = assertThrows(RejectedException.class, () -> UpgradeLock.take(none))
                .getMessage();

        assertEquals("there is no run directory " + none + ": no agent has run here, nothing was done", message);
    }

    @Test
    void leavesTheFirstProcessOfAContainer() throws Exception {
        Release release = serve("2.0", agent("2.0", ""));

        String message = assertThrows(
                        RejectedException.class, () -> module.run(release, old, host(1), RunContext.unlimited()))
                .getMessage();

        assertTrue(message.endsWith("nothing was done: replace the container"), message);
        assertEquals(0, requests.get());
    }

    @Test
    void clearsUpNothingOfOthersAndFollowsNoLink() throws Exception {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path precious = Files.writeString(elsewhere.resolve("precious"), "x");
        Path link = Files.createSymbolicLink(folder.resolve(".mig-agent-upgrade1"), elsewhere);
        Files.setLastModifiedTime(elsewhere, FileTime.from(Instant.now().minusSeconds(7200)));
        Path ofAnother = Files.createDirectory(folder.resolve(".mig-agent-upgrade2"));
        Files.writeString(ofAnother.resolve("mig-agent"), "x");
        Files.setLastModifiedTime(ofAnother, FileTime.from(Instant.now().minusSeconds(7200)));
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root) {
            Files.setAttribute(ofAnother, "unix:uid", 65534);
        }

        upgrade(serve("2.0", agent("2.0", "")));

        assertTrue(Files.exists(precious));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(root, Files.exists(ofAnother), "only root can be shown what others left");
    }

    @Test
    void namesThePlatformAsActionsDo() {
        assertTrue(UpgradeModule.platform().matches("(linux|darwin|windows)/[a-z0-9]+"), UpgradeModule.platform());
    }
}
