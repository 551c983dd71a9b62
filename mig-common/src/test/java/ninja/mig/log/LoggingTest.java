package ninja.mig.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@org.junit.jupiter.api.Timeout(value = 30, threadMode = org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD)
class LoggingTest {
    private static final String DATE = "[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} ";

    @TempDir
    Path folder;

    private final Logger log = LoggerFactory.getLogger("ninja.mig.test");
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @AfterEach
    void logAsBefore() {
        new BeforeSetUp().configure((LoggerContext) LoggerFactory.getILoggerFactory());
    }

    private Logging toStream(Severity level) {
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return Logging.setUp(LoggingConf.toStream(level), "mig-test", stream);
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> {
                    assertTrue(line.matches("(?s)" + DATE + ".*"), line);
                    return line.substring(20);
                })
                .toList();
    }

    private static LoggingConf conf(String... lines) {
        IniFile ini = IniFile.parse("x.cfg", "[logging]\n" + String.join("\n", lines));
        LoggingConf conf = LoggingConf.read(ini);
        ini.finish();
        return conf;
    }

    @Test
    void writesIdsSeverityAndText() {
        try (Logging logging = toStream(Severity.DEBUG)) {
            log.warn("getHeartbeats(): Agent '{}' is not authorized", "linux.somehost.example.net.4vjs8ubqo0100");
            try (LogContext ids = LogContext.of(new MigId(1), new MigId(22), new MigId(333))) {
                log.info("one");
                try (LogContext inner = LogContext.action(new MigId(4))) {
                    log.debug("two");
                }
                log.error("three");
            }
            log.trace("never");
            log.info(Severity.NOTICE.marker(), "four");
            log.error(Severity.EMERGENCY.marker(), "five");
        }
        assertEquals(
                List.of(
                        "- - - [warning] getHeartbeats(): Agent 'linux.somehost.example.net.4vjs8ubqo0100' is not authorized",
                        "1 22 333 [info] one",
                        "1 4 - [debug] two",
                        "1 22 333 [error] three",
                        "- - - [notice] four",
                        "- - - [emergency] five"),
                lines());
    }

    @Test
    void leavesOutWhatIsLessSevereThanTheLevel() {
        try (Logging logging = toStream(Severity.NOTICE)) {
            log.info("no");
            log.info(Severity.NOTICE.marker(), "yes");
            log.warn("yes");
            LoggerFactory.getLogger("com.rabbitmq.client.impl.X").warn("no");
        }
        assertEquals(List.of("- - - [notice] yes", "- - - [warning] yes"), lines());
    }

    /** It logs what it throws too, and what it throws is told by whoever meets it. */
    @Test
    void leavesOutWhatTheLibraryOfTheRelaySaysOfItself() {
        try (Logging logging = toStream(Severity.DEBUG)) {
            LoggerFactory.getLogger("com.rabbitmq.client.impl.SocketFrameHandler")
                    .error("no");
            LoggerFactory.getLogger("com.rabbitmq.client.impl.ForgivingExceptionHandler")
                    .warn("no");
            LoggerFactory.getLogger("com.rabbitmq.client.impl.ForgivingExceptionHandler")
                    .error("a defect");
        }
        assertEquals(List.of("- - - [error] a defect"), lines());
    }

    @Test
    void keepsOneEntryOnOneLine() {
        try (Logging logging = toStream(Severity.INFO)) {
            log.info("a\nb\r\nc\td\u001b[31m\u0000\u2028\u0085é");
            log.warn("away", new IOException("first\nsecond", new IOException("cause")));
            log.error("defect", new IllegalStateException("boom"));
        }
        List<String> lines = lines();
        assertEquals("- - - [info] a\\nb\\r\\nc\td\\x1b[31m\\x00\\u2028\\x85é", lines.get(0));
        assertEquals(
                "- - - [warning] away: java.io.IOException: first\\nsecond: java.io.IOException: cause", lines.get(1));
        assertTrue(lines.get(2).contains("boom | at ninja.mig.log.LoggingTest"), lines.get(2));
        assertEquals(3, lines.size());
    }

    @Test
    void appendsToAFileForOwnerAndGroup() throws Exception {
        Path file = folder.resolve("mig.log");
        LoggingConf conf = conf("mode = file", "file = \"" + file + "\"");
        for (String text : List.of("one", "two")) {
            try (Logging logging = Logging.setUp(conf, "mig-test", System.out)) {
                log.info(text);
            }
        }
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.get(0).matches(DATE + "- - - \\[info] one"), lines.get(0));
        assertEquals(2, lines.size());
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void putsALargeFileAside() throws Exception {
        Path file = folder.resolve("mig.log");
        LoggingConf conf = conf("mode = file", "file = \"" + file + "\"", "maxfilesize = 100");
        try (Logging logging = Logging.setUp(conf, "mig-test", System.out)) {
            for (int i = 0; i < 20; i++) {
                log.info("line {}", i);
            }
        }
        assertTrue(Files.readString(file).contains("line 19"));
        assertTrue(Files.readString(folder.resolve("mig.log.1")).contains("line 17"));
        assertTrue(Files.exists(folder.resolve("mig.log.5")));
        assertFalse(Files.exists(folder.resolve("mig.log.6")));
        assertTrue(Files.size(file) <= 100);
    }

    @Test
    void createsAFileAnewThatWasMovedAway() throws Exception {
        Path file = folder.resolve("mig.log");
        FileDestination destination = new FileDestination(file, 0);
        java.time.Instant now = java.time.Instant.parse("2026-01-01T00:00:00Z");
        destination.write(now, Severity.INFO, "one");
        Files.move(file, folder.resolve("mig.log-old"));
        destination.write(now.plusSeconds(2), Severity.INFO, "two");
        destination.close();
        assertTrue(Files.readString(folder.resolve("mig.log-old")).endsWith("one\n"));
        assertTrue(Files.readString(file).endsWith("two\n"));
    }

    @Test
    void refusesAFileThatCannotBeOpened() {
        LoggingConf conf = conf("mode = file", "file = " + folder.resolve("none/mig.log"));
        assertThrows(ConfException.class, () -> Logging.setUp(conf, "mig-test", System.out));
    }

    @Test
    void sendsToSyslogByUdp() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            LoggingConf conf = conf("mode = syslog", "host = 127.0.0.1", "port = " + server.getLocalPort());
            try (Logging logging = Logging.setUp(conf, "mig-scheduler", System.out);
                    LogContext ids = LogContext.command(new MigId(5), new MigId(6))) {
                log.warn("hello");
            }
            DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
            server.receive(packet);
            assertSyslog(156, new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void sendsToSyslogByTcp() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            LoggingConf conf = conf(
                    "mode = syslog",
                    "host = 127.0.0.1",
                    "port = " + server.getLocalPort(),
                    "protocol = TCP",
                    "facility = daemon");
            try (Logging logging = Logging.setUp(conf, "mig-scheduler", System.out);
                    LogContext ids = LogContext.command(new MigId(5), new MigId(6))) {
                log.warn("hello");
                log.error("world");
            }
            try (Socket client = server.accept()) {
                List<String> lines = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                assertSyslog(28, lines.get(0));
                assertTrue(lines.get(1).startsWith("<27>") && lines.get(1).endsWith("[error] world"), lines.get(1));
            }
        }
    }

    @Test
    void tellsThatNobodyListensByUdp() throws Exception {
        int closed;
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        LoggingConf conf = conf("mode = syslog", "host = 127.0.0.1", "port = " + closed);
        SyslogDestination syslog = new SyslogDestination(conf, "mig-test");
        ByteArrayOutputStream lastResort = new ByteArrayOutputStream();
        SafeDestination safe = new SafeDestination(syslog, new PrintStream(lastResort, true, StandardCharsets.UTF_8));
        Instant now = Instant.parse("2026-01-01T00:00:00Z");

        // A host says at once that nobody listens there, or a moment later.
        for (int i = 0; i < 3; i++) {
            safe.write(now, Severity.INFO, "- - - [info] line");
        }

        String said = lastResort.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("cannot write the log: java.net.PortUnreachableException"), said);
        assertTrue(said.contains("- - - [info] line"), said);
        try (DatagramSocket server = new DatagramSocket(closed, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            safe.write(now, Severity.INFO, "- - - [info] again");
            DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
            server.receive(packet);
            assertTrue(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8)
                    .endsWith("- - - [info] again"));
        } finally {
            safe.close();
        }
        assertThrows(
                java.io.IOException.class,
                () -> Logging.trySyslog(
                        conf("mode = syslog", "host = 127.0.0.1", "port = 1", "protocol = tcp"), "mig-test"));
    }

    private static void assertSyslog(int priority, String message) {
        String form = "<" + priority + ">[0-9]{4}-[0-9-]+T[0-9:]{8}(Z|[+-][0-9:]{5}) [^ ]+ mig-scheduler\\["
                + ProcessHandle.current().pid() + "]: - 5 6 \\[warning] hello";
        assertTrue(message.matches(form), message);
    }

    @Test
    void readsLevelsInBothSpellings() {
        assertEquals(Severity.ERROR, conf("level = err").level());
        assertEquals(Severity.ERROR, conf("level = ERROR").level());
        assertEquals(Severity.CRITICAL, conf("level = crit").level());
        assertEquals(Severity.EMERGENCY, conf("level = emerg").level());
        assertEquals(Severity.WARNING, conf("level = warn").level());
        assertEquals(Severity.INFO, conf().level());
        assertEquals(LoggingConf.Mode.STDOUT, conf().mode());
    }

    @Test
    void takesSyslogOfThisMachineByDefault() {
        LoggingConf conf = conf("mode = syslog");
        assertTrue(conf.isLocal());
        assertEquals(Facility.LOCAL3, conf.facility());

        LoggingConf tcp = conf("mode = syslog", "protocol = tcp");
        assertFalse(tcp.isLocal(), "no program speaks that to a socket");
        assertEquals("localhost 514 true", tcp.host() + " " + tcp.port() + " " + tcp.tcp());
    }

    @Test
    void refusesSyslogOnWindows() {
        IniFile ini = IniFile.parse("x.cfg", "[logging]\nmode = syslog\n");
        LoggingConf.read(ini, 0, true);

        ConfException e = assertThrows(ConfException.class, ini::finish);
        assertTrue(
                e.getMessage().contains("nothing here writes to the event log of Windows: use 'file'"), e.getMessage());
    }

    @Test
    void refusesUnknownModesLevelsAndAMissingFile() {
        ConfException e = assertThrows(
                ConfException.class, () -> conf("mode = eventlog", "level = loud", "protocol = icmp", "facility = x"));
        assertEquals(4, e.problems().size(), e.getMessage());
        assertThrows(ConfException.class, () -> conf("mode = file"));
    }
}
