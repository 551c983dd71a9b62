package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import ninja.mig.agent.StatSocket.Times;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StatSocketTest {
    private static final String UID = "58b3mndjmbb00";
    private static final Times QUICK = new Times(Duration.ofMillis(300), Duration.ofMillis(1), Duration.ofMillis(50));
    private static final String PID = ProcessHandle.current().pid() + "\n";

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<StatSocket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (StatSocket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void answersWithAndWithoutALineEndOfItsOwn() throws Exception {
        InetSocketAddress address = open(Times.USUAL);

        assertEquals(PID, send(address, "pid\n"));
        assertEquals(PID, send(address, "pid\r\n"));
        assertEquals(PID, send(address, "pid  \t\n"));
        assertEquals(PID, send(address, "pid\nhelp\n"));
        assertEquals(PID, StatTalk.send(address, bytes("pid"), true));
        assertEquals(StatCommands.HELP, send(address, "help\n"));
    }

    @Test
    void answersALineThatComesInPieces() throws Exception {
        InetSocketAddress address = open(Times.USUAL);
        try (Socket client = StatTalk.connect(address)) {
            client.setTcpNoDelay(true);
            for (byte b : bytes("help\n")) {
                client.getOutputStream().write(b);
            }
            assertEquals(StatCommands.HELP, StatTalk.read(client));
        }
    }

    @Test
    void stopsTheAgentAfterItHasSaidSo() throws Exception {
        InetSocketAddress address = open(QUICK);

        assertEquals("invalid agent id, shutdown refused\n", send(address, "shutdown 58b3mndjmbb01\n"));
        assertEquals("missing agent id, shutdown refused\n", send(address, "shutdown\n"));
        assertEquals(1, stopped.getCount());

        assertEquals("shutdown requested\n", send(address, "shutdown " + UID + "\n"));
        assertTrue(stopped.await(20, TimeUnit.SECONDS));
    }

    @Test
    void refusesWhatIsTooShortOrTooLong() throws Exception {
        InetSocketAddress address = open(QUICK);

        assertEquals("request is too short\n", send(address, "\n"));
        assertEquals("request is too short\n", send(address, "\r\n"));
        assertEquals("request is too short\n", StatTalk.send(address, bytes("x"), true));
        assertEquals("unknown command\n", send(address, "x".repeat(8189) + "\n"));
        String tooLong = "request is too long, at most 8192 bytes\n";
        assertEquals(tooLong, send(address, "x".repeat(8190) + "\n"));
        assertEquals(tooLong, send(address, "x".repeat(8191) + "\n"));
        assertEquals(tooLong, send(address, "x".repeat(8192) + "\n"));
        assertEquals(tooLong, send(address, "pid " + "x".repeat(500_000) + "\n"));
        assertEquals(PID, send(address, "pid\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p", "pid"})
    void endsAConnectionThatDoesNotFinishItsLine(String beginning) throws Exception {
        InetSocketAddress address = open(QUICK);
        long start = System.nanoTime();

        assertEquals("", StatTalk.send(address, bytes(beginning), false));

        assertTrue(System.nanoTime() - start >= QUICK.exchange().toNanos(), "it waits for the rest");
        assertEquals(PID, send(address, "pid\n"));
    }

    @Test
    void isNotHeldByAClientThatSendsAByteNowAndThen() throws Exception {
        InetSocketAddress address = open(QUICK);
        try (Socket slow = StatTalk.connect(address)) {
            Thread dripping = new Thread(() -> drip(slow), "dripping");
            dripping.setDaemon(true);
            dripping.start();

            assertEquals(PID, send(address, "pid\n"));
        }
    }

    private static void drip(Socket socket) {
        try {
            while (true) {
                socket.getOutputStream().write('x');
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void isNotHeldByALineWithoutAnEnd() throws Exception {
        InetSocketAddress address = open(QUICK);
        byte[] chunk = new byte[1 << 20];
        Arrays.fill(chunk, (byte) 'x');
        try (Socket flood = StatTalk.connect(address)) {
            // It is told, or cut off; both before it has sent all of this.
            assertThrows(SocketException.class, () -> {
                for (int i = 0; i < 10_000; i++) {
                    flood.getOutputStream().write(chunk);
                }
            });
        }
        assertEquals(PID, send(address, "pid\n"));
    }

    @Test
    void isNotHeldByAClientThatDoesNotRead() throws Exception {
        String large = "x".repeat(16 << 20) + "\n";
        InetSocketAddress address = open(QUICK, () -> large);
        try (Socket deaf = StatTalk.connect(address)) {
            deaf.getOutputStream().write(bytes("status\n"));
            assertEquals(PID, send(address, "pid\n"));
        }
    }

    @Test
    void isNotHeldByClientsThatGoAway() throws Exception {
        InetSocketAddress address = open(QUICK);
        for (int i = 0; i < 30; i++) {
            Socket rude = StatTalk.connect(address);
            rude.setSoLinger(true, 0);
            rude.getOutputStream().write(bytes(i % 2 == 0 ? "help\n" : "he"));
            rude.close();
        }
        assertEquals(PID, send(address, "pid\n"));
    }

    @Test
    void survivesARequestThatFails() throws Exception {
        InetSocketAddress address = open(QUICK, () -> {
            throw new IllegalStateException("expected in this test");
        });

        assertEquals("", send(address, "status\n"));
        assertEquals(PID, send(address, "pid\n"));
    }

    @Test
    void outlivesThousandsOfConnections() throws Exception {
        InetSocketAddress address = open(QUICK);
        List<SocketChannel> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 4000; i++) {
                SocketChannel client = SocketChannel.open();
                crowd.add(client);
                client.configureBlocking(false);
                client.connect(address);
            }
            for (int i = 0; i < crowd.size(); i++) {
                say(crowd.get(i), "shutdown ".repeat(i % 7));
            }
            assertEquals(1, threads(), "no thread per connection");
            assertEquals(1, stopped.getCount());
        } finally {
            for (SocketChannel client : crowd) {
                client.close();
            }
        }

        Await.until("an answer after the flood", () -> answers(address));
    }

    /** As far as it got to the front. */
    private static void say(SocketChannel client, String text) {
        try {
            if (client.finishConnect()) {
                client.write(ByteBuffer.wrap(bytes(text)));
            }
        } catch (IOException e) {
            assertTrue(client.isOpen() || !client.isConnected(), e::toString);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("stat-socket"))
                .count();
    }

    private static boolean answers(InetSocketAddress address) {
        try (Socket client = new Socket()) {
            client.connect(address, 500);
            client.setSoTimeout(500);
            client.getOutputStream().write(bytes("pid\n"));
            return StatTalk.read(client).equals(PID);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void takesOneConnectionAfterTheOther() throws Exception {
        InetSocketAddress address = open(Times.USUAL);
        long start = System.nanoTime();

        for (int i = 0; i < 4; i++) {
            assertEquals(PID, send(address, "pid\n"));
        }

        assertTrue(System.nanoTime() - start >= 3 * Times.USUAL.pause().toNanos(), "there is a pause after each");
    }

    @Test
    void waitsForItsAddressIfAnotherAgentHoldsIt() throws Exception {
        InetSocketAddress address = open(QUICK);
        StatSocket first = sockets.get(0);

        StatSocket second = socket(address, QUICK, () -> "");
        second.start();
        assertEquals(PID, send(address, "pid\n"));
        assertFalse(second.bound().isPresent());

        first.close();
        Await.until("the second to listen", () -> second.bound().isPresent());
        assertEquals(PID, send(address, "pid\n"));
    }

    @Test
    void isClosedAtOnceWhateverItDoes() throws Exception {
        InetSocketAddress address = open(Times.USUAL);
        try (Socket silent = StatTalk.connect(address)) {
            long start = System.nanoTime();
            sockets.get(0).close();
            assertTrue(System.nanoTime() - start < Times.USUAL.exchange().toNanos(), "without waiting for a client");
            assertEnded(silent);
        }
        assertThrows(ConnectException.class, () -> StatTalk.connect(address));
    }

    /** In order if it was accepted before, else by a reset. */
    private static void assertEnded(Socket client) throws IOException {
        try {
            assertEquals(-1, client.getInputStream().read());
        } catch (SocketException e) {
            assertTrue(e.getMessage().contains("reset"), e::toString);
        }
    }

    @Test
    void canBeClosedBeforeItIsOpened() throws Exception {
        socket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), QUICK, () -> "")
                .close();
    }

    private InetSocketAddress open(Times times) throws Exception {
        return open(times, () -> "fine\n");
    }

    private InetSocketAddress open(Times times, Supplier<String> status) throws Exception {
        StatSocket socket = socket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), times, status);
        socket.start();
        Await.until("the socket to listen", () -> socket.bound().isPresent());
        return socket.bound().get();
    }

    private StatSocket socket(InetSocketAddress address, Times times, Supplier<String> status) {
        StatSocket socket = new StatSocket(
                address, new StatCommands(UID, status, new MovableClock(Investigation.NOW)), stopped::countDown, times);
        sockets.add(socket);
        return socket;
    }

    private static String send(InetSocketAddress address, String text) throws IOException {
        return StatTalk.send(address, bytes(text), false);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
