package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.agent.service.HostFiles;
import ninja.mig.agent.service.Service;
import ninja.mig.agent.service.ServiceCommand;
import ninja.mig.agent.service.ServiceTool;
import ninja.mig.conf.IniFile;
import ninja.mig.model.MigId;
import ninja.mig.relay.ConnectProxy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real files, without a relay. */
@Timeout(120)
class DoctorTest {
    @TempDir
    Path directory;

    private final Instant now = Instant.now();
    private final Investigation it = new Investigation(now);
    private Examination examination;
    private String nobody;

    @BeforeEach
    void start() throws Exception {
        examination = new Examination(directory, it, Clock.systemUTC());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = "[agent]\nrelay = amqp://agent:topsecret@127.0.0.1:" + free.getLocalPort() + "/mig\n";
        }
    }

    @Test
    void showsTheConfigurationWithoutItsSecrets() throws Exception {
        examination.with(nobody + "heartbeatfreq = 90s\napi = http://me:topsecret@127.0.0.1:9/api/v1/\n"
                + "tags = operator:tests\n");

        assertTrue(says("OK", "using external conf from " + directory.resolve("mig-agent.cfg")), this::page);
        assertTrue(page().matches("(?s).*relay +amqp://agent:\\*{8}@127.0.0.1:[0-9]+/mig\n.*"), this::page);
        assertTrue(page().matches("(?s).*heartbeatfreq +1m30s\n.*"), this::page);
        assertTrue(page().matches("(?s).*tags +\\{\"operator\":\"tests\"}\n.*"), this::page);
        assertFalse(page().contains("topsecret"), this::page);
    }

    @Test
    void usesTheBuiltInConfigurationWithoutAFile() throws Exception {
        examination.with(Optional.empty(), examination.builtin(it.publicKeys(), it.acl()));

        assertTrue(says("OK", "using builtin conf"), this::page);
    }

    @Test
    void pointsOutAConfigurationThatOthersCanRead() throws Exception {
        Path conf = Files.writeString(directory.resolve("open.cfg"), nobody);
        Files.setPosixFilePermissions(conf, PosixFilePermissions.fromString("rw-r--r--"));

        assertFalse(examination.with(Optional.of(conf), examination.builtin(it.publicKeys(), it.acl())));

        assertTrue(says("FIX", conf + " can be read by others"), this::page);
        assertTrue(page().contains("-> make it readable by its owner alone: chmod 600"), this::page);
    }

    @Test
    void namesKeysAndTheSetsOfSignersThatSuffice() throws Exception {
        examination.with(nobody);

        assertTrue(
                says("OK", it.bob.fingerprint() + "  Bob Kelso <bob@example.net>, Ed25519, never expires"), this::page);
        assertTrue(
                says("OK", "file, probe: permission 'default' needs a weight of 1: signed by Bob (1), or Sam (1)"),
                this::page);
        assertTrue(says("NOTE", "no module of this agent is under permission: netstat"), this::page);
        assertTrue(says("NOTE", "this version does not have: missing"), this::page);
    }

    @Test
    void saysThatNobodyMayRunAModule() throws Exception {
        String acl = "{\"probe\": {\"minimumweight\": 2, \"investigators\": {\"Bob\": {\"fingerprint\": \""
                + it.bob.fingerprint() + "\", \"weight\": 1}, \"Mallory\": {\"fingerprint\": \""
                + it.stranger.fingerprint() + "\", \"weight\": 1}}}}";

        assertFalse(examination.with(nobody, examination.builtin(it.publicKeys(), acl)));

        assertTrue(says("FIX", "probe: permission 'probe' needs a weight of 2, which"), this::page);
        assertTrue(says("NOTE", "without a usable key: Mallory (" + it.stranger.fingerprint() + ")"), this::page);
        assertTrue(says("NOTE", "file: nobody, since no permission applies"), this::page);
    }

    @Test
    void saysThatAnAgentWithoutKeysOrAclObeysNobody() throws Exception {
        assertFalse(examination.with(nobody, examination.builtin(List.of(), "[]")));

        assertTrue(says("FIX", "no public key is built in"), this::page);
        assertTrue(says("FIX", "no ACL is built in"), this::page);
    }

    @Test
    void pointsOutAKeyThatCannotBeRead() throws Exception {
        assertFalse(examination.with(nobody, examination.builtin(List.of(it.bob.publicKey(), "nonsense"), it.acl())));

        assertTrue(says("FIX", "public key 2: no armored data found"), this::page);
        assertTrue(says("OK", it.bob.fingerprint().toString()), this::page);
    }

    @Test
    void pointsOutKeysWhoseSignaturesAreRefused() throws Exception {
        String revoked = key("grace");
        String expired = key("frank");

        assertFalse(examination.with(
                nobody,
                examination.builtin(List.of(it.bob.publicKey(), it.sam.publicKey(), revoked, expired), it.acl())));

        assertTrue(says("FIX", "Grace Test <grace@mig.test>, RSA 2048, never expires: refused, "), this::page);
        assertTrue(says("FIX", "Frank Test <frank@mig.test>, RSA 2048, expires 2015-01-01"), this::page);
        assertTrue(says("FIX", ": refused, the key has expired"), this::page);
    }

    @Test
    void warnsOfAKeyThatExpiresSoon() throws Exception {
        Clock then = Clock.fixed(Instant.parse("2014-12-20T00:00:00Z"), ZoneOffset.UTC);
        examination = new Examination(directory, it, then);

        examination.with(nobody, examination.builtin(List.of(key("frank")), "[]"));

        assertTrue(says("NOTE", "Frank Test <frank@mig.test>, RSA 2048, expires 2015-01-01"), this::page);
        assertTrue(page().contains("-> it expires within 30 days"), this::page);
    }

    private static String key(String name) throws Exception {
        return Files.readString(Path.of("../mig-common/src/test/resources/vectors/pgp/keys", name + ".pub.asc"));
    }

    @Test
    void looksAtDirectoriesAndTheirModes() throws Exception {
        examination.giveIdentity();
        Path outbox = Files.createDirectory(examination.runDir.resolve("outbox"));
        Files.setPosixFilePermissions(outbox, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(outbox.resolve("0000000000000000001-7.json"), "{}");
        examination.with(nobody);
        assertTrue(says("OK", examination.runDir + ", rwxr-xr-x"), this::page);
        assertTrue(says("OK", ".migagtid, r--------"), this::page);
        assertTrue(says("NOTE", "1 answer waits for the relay, since 20"), this::page);
        assertFalse(page().contains("chmod"), this::page);

        Path id = examination.runDir.resolve(".migagtid");
        Files.setPosixFilePermissions(id, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(examination.runDir, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertFalse(examination.with(nobody));
        assertTrue(says("FIX", ".migagtid, rw-r--r--"), this::page);
        assertTrue(page().contains("-> chmod 400 " + id), this::page);
        assertTrue(page().contains("-> chmod 755 " + examination.runDir), this::page);
        assertFalse(page().contains(Examination.UID), this::page);
    }

    @Test
    void tellsOfAnswersThatWerePutAside() throws Exception {
        examination.giveIdentity();
        Path outbox = Files.createDirectory(examination.runDir.resolve("outbox"));
        Files.setPosixFilePermissions(outbox, PosixFilePermissions.fromString("rwx------"));
        Path answer = outbox.resolve("0000000000000000001-7.json");
        Files.write(Outbox.aside(answer), new byte[3 << 20]);
        examination.with(nobody);
        String one = "1 answer is put aside in " + outbox + " as *.json.unsent, ";
        assertTrue(says("NOTE", one + "3 MiB, since 20"), this::page);
        assertTrue(page().contains("max_message_size) and take .unsent off the file's name"), this::page);
        assertFalse(page().contains("for the relay, since"), this::page);

        Files.write(Outbox.aside(outbox.resolve("0000000000000000002-8.refused.json")), new byte[1 << 20]);
        examination.with(nobody);
        assertTrue(says("NOTE", "2 answers are put aside in " + outbox + " as *.json.unsent, 4 MiB, "), this::page);

        Files.write(Outbox.aside(answer), new byte[200]);
        Files.delete(Outbox.aside(outbox.resolve("0000000000000000002-8.refused.json")));
        examination.with(nobody);
        assertTrue(says("NOTE", one + "less than 1 MiB, since 20"), this::page);

        Files.write(Outbox.aside(outbox.resolve("0000000000000000002-8.refused.json")), new byte[1 << 20]);
        Files.move(Outbox.aside(answer), answer);
        examination.with(nobody);
        assertTrue(says("NOTE", "1 answer waits for the relay, since 20"), this::page);
        assertTrue(says("NOTE", one + "1 MiB, since 20"), this::page);
    }

    @Test
    void tellsOfAnArchiveThatCouldNotBeMade() throws Exception {
        String note = "a check-in had the archive of classes made, and it is not there yet";
        examination.giveIdentity();
        examination.with(nobody);
        assertFalse(says("NOTE", note), this::page);

        Files.createFile(examination.runDir.resolve("mig-agent-1.tried"));
        examination.with(nobody);
        assertTrue(says("NOTE", note), this::page);

        Path own = Files.createFile(examination.runDir.resolve("mig-agent-2.jsa"));
        examination.with(nobody);
        assertTrue(says("NOTE", note), this::page);
        System.setProperty(
                ClassArchive.PROPERTY, own.resolveSibling("mig-agent-2").toString());
        try {
            examination.with(nobody);
            assertFalse(says("NOTE", note), this::page);
        } finally {
            System.clearProperty(ClassArchive.PROPERTY);
        }

        Files.createFile(examination.runDir.resolve("mig-agent-1.aot"));
        examination.with(nobody);
        assertFalse(says("NOTE", note), this::page);
    }

    @Test
    void countsTheCommandsThatWait() throws Exception {
        examination.giveIdentity();
        try (CommandsAtHand atHand = CommandsAtHand.open(RunDir.open(examination.runDir))) {
            for (int id = 1; id <= 3; id++) {
                atHand.take(new MigId(id), new byte[] {'{', '}'});
            }
            atHand.begin(new MigId(3));

            examination.with(nobody);

            assertTrue(says("OK", examination.runDir.resolve("commands") + ", rwx------"), this::page);
            assertTrue(says("NOTE", "2 commands wait to be run"), this::page);
            assertTrue(says("NOTE", "1 command is being run"), this::page);
        }
    }

    @Test
    void looksAtTheServiceThatTheInitSystemKnows() throws Exception {
        HostFiles host = new HostFiles(examination.host);
        Service service = ServiceStart.service(host, Optional.of(directory.resolve("mig-agent.cfg")));
        examination.with(nobody + "installservice = on\n");
        assertTrue(says("NOTE", "no service is installed yet, and installservice is on"), this::page);

        Path unit = service.definitions().get(0).file();
        Files.createDirectories(unit.getParent());
        Files.writeString(unit, "something else");
        Files.setPosixFilePermissions(unit, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertFalse(examination.with(nobody));
        assertTrue(says("FIX", unit + ", rw-rw-rw-"), this::page);
        assertTrue(says("NOTE", unit + " is not what this agent writes"), this::page);
        assertTrue(says("FIX", "the service runs " + service.program() + ", which is not there"), this::page);
    }

    @Test
    void findsNothingWrongWithTheServiceThatItInstalls() throws Exception {
        Path bin = directory.resolve("bin");
        for (String tool : List.of("systemctl", "initctl", "service", "launchctl")) {
            Scripts.recorder(bin.resolve(tool), directory.resolve("calls"));
        }
        Path program = Scripts.recorder(directory.resolve("mig-agent-1"), directory.resolve("calls"));
        String os = EnvironmentProbe.os();
        new Service(
                        os,
                        new EnvironmentProbe(Path.of("/"), new HostCommand(Duration.ofSeconds(5))).init(os),
                        new HostFiles(examination.host),
                        new ServiceTool(bin.toString(), Duration.ofSeconds(20)),
                        new ServiceCommand(
                                ServiceCommand.stableName(os),
                                Optional.of(directory.resolve("mig-agent.cfg")),
                                Path.of(AgentProgram.self().java()),
                                RunDir.unusual(os)))
                .install(program, false);

        examination.with(nobody);

        assertTrue(says("OK", "the service runs " + program.toRealPath()), this::page);
        assertFalse(page().contains("not what this agent writes"), this::page);
    }

    @Test
    void saysThatAnAgentInTheBackgroundHasNoLog() throws Exception {
        String text = "an agent in the background has no log";
        examination.with(nobody);
        assertTrue(says("NOTE", text), this::page);

        Path file = directory.resolve("mig-agent.log");
        examination.with(nobody + "[logging]\nmode = file\nfile = \"" + file + "\"\n");
        assertFalse(page().contains(text), this::page);
    }

    @Test
    void asksWhetherSomebodyTakesTheLog() throws Exception {
        try (DatagramSocket syslog = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            String conf = nobody + "[logging]\nmode = syslog\nhost = 127.0.0.1\nport = " + syslog.getLocalPort() + "\n";
            String server = "the syslog server at 127.0.0.1:" + syslog.getLocalPort() + "/udp takes ";
            examination.with(conf);
            assertTrue(says("OK", server + "log lines"), this::page);

            syslog.close();
            assertFalse(examination.with(conf));
            assertTrue(says("FIX", server + "no log lines"), this::page);
        }
    }

    @Test
    void warnsOfAServiceThatOthersCanChange() throws Exception {
        Path runDir = Files.createDirectories(examination.host.resolve("var/lib/mig"));
        Files.setPosixFilePermissions(runDir, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path program = Scripts.recorder(directory.resolve("mig-agent-1"), directory.resolve("calls"));
        Service service = ServiceStart.service(new HostFiles(examination.host), Optional.empty());
        Path unit = service.definitions().get(0).file();
        Files.createDirectories(unit.getParent());
        Files.writeString(unit, "something");

        String text = pageOf(service, Optional.of(program), "");

        assertTrue(text.contains("FIX   " + runDir + " can be changed by others than "), text);
        assertTrue(text.contains("since it is open to all"), text);
    }

    @Test
    void saysThatAServiceHasNoLog() throws Exception {
        String note = "NOTE  the service has no log: [logging] mode is 'stdout'";
        String file = "[logging]\nmode = file\nfile = /var/log/mig-agent.log\n";

        assertTrue(pageOf(serviceOf("upstart"), Optional.empty(), "").contains(note));
        assertFalse(pageOf(serviceOf("systemd"), Optional.empty(), "").contains(note));
        assertFalse(pageOf(serviceOf("upstart"), Optional.empty(), file).contains(note));
        assertFalse(
                pageOf(serviceOf("upstart"), Optional.empty(), "checkin = on\n").contains(note));

        Path job = serviceOf("upstart").definitions().get(0).file();
        Files.createDirectories(job.getParent());
        Files.writeString(job, "something");
        assertTrue(pageOf(serviceOf("upstart"), Optional.empty(), "").contains(note));
    }

    private Service serviceOf(String init) {
        return new Service(
                "linux",
                init,
                new HostFiles(examination.host),
                new ServiceTool(directory.resolve("bin").toString(), Duration.ofSeconds(20)),
                new ServiceCommand("/sbin/mig-agent", Optional.empty(), Path.of("java"), Optional.empty()));
    }

    /** @param more of the configuration */
    private String pageOf(Service service, Optional<Path> program, String more) throws Exception {
        Invocation shown = new Invocation();
        Page page = new Page(shown.out(), false);
        AgentSettings settings = AgentSettings.read(
                IniFile.parse("x", "[agent]\nrelay = amqp://agent:x@localhost/mig\ninstallservice = on\n" + more));
        Path runDir = examination.host.resolve("var/lib/mig");

        new DoctorService(page, new DoctorFiles(page, runDir), runDir).definition(service, settings, program);

        return shown.printed();
    }

    @Test
    void asksWhoAnswersOnTheStatSocket() throws Exception {
        InetSocketAddress address = StatTalk.freeAddress();
        String conf = nobody + "socket = \"127.0.0.1:" + address.getPort() + "\"\n";
        examination.giveIdentity();
        examination.with(conf);
        assertTrue(says("NOTE", "nobody listens on 127.0.0.1:" + address.getPort() + ": no agent runs"), this::page);

        try (Impostor impostor = new Impostor("1\n", address)) {
            assertFalse(examination.with(conf));
            assertTrue(says("FIX", "is not believed"), this::page);
        }
        examination.with(nobody);
        assertTrue(says("NOTE", "none is configured"), this::page);
    }

    @Test
    void makesNothing() throws Exception {
        examination.with(nobody);

        assertFalse(Files.exists(examination.runDir));
        assertTrue(says("NOTE", examination.runDir + " does not exist yet"), this::page);
        assertTrue(says("NOTE", "no agent id yet"), this::page);
    }

    @Test
    void saysThatSomethingElseIsInThePlaceOfTheDirectory() throws Exception {
        Files.writeString(examination.runDir, "x");

        assertFalse(examination.with(nobody));

        assertTrue(says("FIX", examination.runDir + " is not a directory"), this::page);
    }

    @Test
    void saysThatTheRelayCannotBeReached() throws Exception {
        assertFalse(examination.with(nobody));

        assertTrue(says("OK", "name 127.0.0.1: 127.0.0.1"), this::page);
        assertTrue(says("FIX", "TCP to 127.0.0.1:"), this::page);
        assertTrue(says("NOTE", "TLS, login and queue were not checked"), this::page);
    }

    @Test
    void saysThatTheRelayHasNoSuchName() throws Exception {
        assertFalse(examination.with("[agent]\nrelay = amqp://agent:x@nosuchhost.invalid/mig\n"));

        assertTrue(says("FIX", "name nosuchhost.invalid is not known"), this::page);
    }

    /** A relay that trickles through the handshake, or a tunnel that does before it. */
    @Test
    void doesNotBlameTheCertificatesOfARelayThatTakesTooLong() {
        CountDownLatch never = new CountDownLatch(1);
        IOException late = assertThrows(
                IOException.class,
                () -> TimeLimit.call("late", Duration.ofMillis(1), () -> {
                    try {
                        return never.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }));
        never.countDown();

        String advice = DoctorRelay.tlsAdvice(late.getMessage());

        assertTrue(advice.startsWith("find out what listens there"), advice);
        assertEquals(DoctorRelay.tlsAdvice("TLS has not begun within 10s"), advice);
    }

    @Test
    void comparesTheClockWithTheApi() throws Exception {
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        api.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        api.start();
        try {
            String conf = nobody + "api = http://127.0.0.1:" + api.getAddress().getPort() + "/api/v1/\n";
            examination.with(conf);
            assertTrue(says("OK", "the API"), this::page);

            examination = new Examination(directory, it, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-10)));
            assertFalse(examination.with(conf));
            assertTrue(says("FIX", "s behind the API"), this::page);
        } finally {
            api.stop(0);
        }
    }

    @Test
    void comparesTheClockByAProxyIfThereIsNoOtherWay() throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        CompletableFuture<String> asked = new CompletableFuture<>();
        proxy.createContext("/", exchange -> {
            asked.complete(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        proxy.start();
        try {
            Invocation shown = new Invocation();
            new DoctorClock(new Page(shown.out(), false), DoctorClock.LIMIT, Clock.systemUTC())
                    .examine(
                            "http://127.0.0.1:1/api/v1/",
                            List.of(new ConnectProxy(
                                    "127.0.0.1", proxy.getAddress().getPort(), Optional.empty())));

            assertTrue(shown.printed().contains("  OK    it is "), shown.printed());
            assertEquals("http://127.0.0.1:1/api/v1/ip", asked.get());
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void doesNotWaitForAnApiThatSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Invocation shown = new Invocation();
            new DoctorClock(new Page(shown.out(), false), Duration.ofMillis(300), Clock.systemUTC())
                    .examine("http://127.0.0.1:" + silent.getLocalPort() + "/", List.of());

            assertTrue(shown.printed().contains("  NOTE  it is "), shown.printed());
            assertTrue(shown.printed().contains("; the API does not tell its time: "), shown.printed());
        }
    }

    @Test
    void endsWithASummary() throws Exception {
        assertFalse(examination.with(nobody));

        assertEquals(
                "  NOTE  1 thing to put right, see FIX above",
                page().lines().reduce((a, b) -> b).orElseThrow());
    }

    private boolean says(String verdict, String text) {
        return examination.says(verdict, text);
    }

    private String page() {
        return examination.page();
    }
}
