package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the log of an agent goes, shown by a check-in that finds no relay. */
@Timeout(60)
class AgentLoggingTest {
    private static final String DATE = "[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} ";
    private static final String REASON =
            "- - - [error] the agent cannot run: cannot connect to relay amqp://a@127.0.0.1:1/";

    @TempDir
    Path folder;

    private final Invocation mig = new Invocation();

    @BeforeEach
    void live() {
        System.setProperty(RunDir.PROPERTY, folder.resolve("run").toString());
    }

    @AfterEach
    void leave() {
        System.clearProperty(RunDir.PROPERTY);
    }

    @Test
    void isStandardErrorSoThatResultsStayClean() throws Exception {
        checkIn("mode = stdout");

        assertTrue(mig.said()
                .lines()
                .anyMatch(line -> line.matches(DATE + "- - - \\[info] mig-agent test on .* as checkin")));
        assertTrue(mig.said().contains(REASON), mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void isAFileThatIsPutAsideWhenItIsFull() throws Exception {
        Path file = folder.resolve("mig-agent.log");
        for (int i = 0; i < 3; i++) {
            checkIn("mode = file", "file = \"" + file + "\"", "maxfilesize = 400");
        }

        String all = Files.readString(file) + Files.readString(folder.resolve("mig-agent.log.1"));
        assertTrue(all.contains(REASON), all);
        assertTrue(Files.size(file) <= 400);
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertFalse(mig.said().contains(REASON), mig.said());
    }

    @Test
    void isLocal3OfSyslog() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            checkIn("mode = syslog", "host = 127.0.0.1", "port = " + server.getLocalPort(), "level = error");

            String line = next(server);
            while (!line.contains(REASON)) {
                line = next(server);
            }
            assertTrue(line.startsWith("<155>"), line); // local3 is 19, error is 3
            assertTrue(line.contains(" mig-agent[" + ProcessHandle.current().pid() + "]: "), line);
        }
    }

    @Test
    void isAnotherFacilityByTcpIfThatIsWished() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            checkIn(
                    "mode = syslog",
                    "host = 127.0.0.1",
                    "port = " + server.getLocalPort(),
                    "protocol = tcp",
                    "facility = daemon");
            try (Socket client = server.accept()) {
                List<String> lines = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                assertTrue(
                        lines.stream().anyMatch(line -> line.startsWith("<27>") && line.contains(REASON)),
                        lines::toString);
            }
        }
    }

    @Test
    void mustBeWritable() throws Exception {
        checkIn("mode = file", "file = \"" + folder.resolve("none/mig-agent.log") + "\"");

        assertTrue(mig.said().contains("[error] [logging] file: cannot write to"), mig.said());
        assertFalse(Files.exists(folder.resolve("run")), "nothing was begun");
    }

    private static String next(DatagramSocket server) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    private void checkIn(String... logging) throws Exception {
        Path conf = Files.writeString(
                folder.resolve("agent.cfg"),
                "[agent]\nrelay = amqp://a:b@127.0.0.1:1/\n[logging]\n" + String.join("\n", logging) + "\n");

        assertEquals(1, mig.run("-m", "agent-checkin", "-c", conf.toString()), mig::said);
    }
}
