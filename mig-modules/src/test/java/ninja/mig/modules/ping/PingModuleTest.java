package ninja.mig.modules.ping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PingModuleTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** No program, and no name that can be looked up. */
    private final PingModule module = new PingModule(
            name -> {
                throw new UnknownHostException(name);
            },
            List.of());

    static Stream<VectorCase> valid() {
        return VectorCase.of("ping/valid");
    }

    private static JsonNode parameters(VectorCase vector) throws Exception {
        return MigJson.tree(
                vector.parameters(Path.of("/")).replace("\"@CLOSED_PORT@\"", Integer.toString(closedPort())));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            return server.getLocalPort();
        }
    }

    @ParameterizedTest
    @MethodSource("valid")
    void acceptsWhatTheVectorsSay(VectorCase vector) throws Exception {
        PingParameters bound = module.bind(parameters(vector));

        JsonNode effective = vector.json().path("expect").path("effective");
        assertEquals(effective.path("destinationport").asInt(bound.port()), bound.port());
        assertEquals(effective.path("count").asInt(bound.attempts()), bound.attempts());
        assertEquals(
                Duration.ofSeconds(
                        effective.path("timeout").asLong(bound.limit().toSeconds())),
                bound.limit());
        JsonNode latencies = vector.json().path("expect").path("latencies");
        if (latencies.isArray()) {
            ModuleResult result = module.run(bound, RunContext.unlimited());
            assertEquals(latencies.toString(), MigJson.text(result.elements().get("latencies")));
            assertEquals(vector.json().at("/expect/foundanything").asBoolean(), result.foundAnything());
            assertEquals(vector.json().at("/expect/success").asBoolean(), result.success());
        }
    }

    private static VectorCase vector(String folder, String file) {
        return VectorCase.of("ping/" + folder)
                .filter(vector -> vector.file().equals(file))
                .findFirst()
                .orElseThrow();
    }

    /** Runs a vector on a port of this test. @return its latencies */
    private JsonNode latencies(String file, int port) throws Exception {
        ObjectNode parameters = (ObjectNode) parameters(vector("valid", file));
        parameters.put("destinationport", port);

        ModuleResult result = module.run(module.bind(parameters), RunContext.unlimited());

        assertTrue(result.success());
        assertTrue(result.foundAnything(), MigJson.text(result));
        JsonNode latencies = result.elements().get("latencies");
        latencies.forEach(latency -> assertTrue(Answer.isSuccess(latency.asDouble()), MigJson.text(result)));
        return latencies;
    }

    @Test
    void findsTheOpenPortsOfTheVectors() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            assertEquals(1, latencies("002-tcp.json", server.getLocalPort()).size());
        }
        InetAddress six = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(six) != null, "this host has no IPv6");
        try (DatagramSocket server = new DatagramSocket(0, six)) {
            Thread echo = new Thread(() -> {
                answerOnce(server);
                answerOnce(server);
            });
            echo.start();

            assertEquals(2, latencies("003-udp.json", server.getLocalPort()).size());

            echo.join();
        }
    }

    /** With Java, which has no program to ask. */
    @ParameterizedTest
    @ValueSource(strings = {"001-icmp.json", "006-icmp-port-ignored.json", "007-name.json"})
    void reachesTheHostsOfTheVectors(String file) throws Exception {
        PingParameters bound = new PingModule(name -> LOOPBACK, List.of()).bind(parameters(vector("valid", file)));

        ModuleResult result = new PingModule(name -> LOOPBACK, List.of()).run(bound, RunContext.unlimited());

        assertTrue(result.foundAnything(), MigJson.text(result));
        assertEquals(bound.attempts(), result.elements().get("latencies").size());
        assertEquals(
                bound.destination() + " (127.0.0.1)",
                result.elements().get("resolvedhost").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"destination\":\"127.1\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"127.1.\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"127.0.0.1.\",\"protocol\":\"tcp\"}",
                "{\"destination\":\".\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"a..\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"-_\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"0x7f000001\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"host.0x1\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"2130706433\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"fe80::1%eth0\",\"protocol\":\"tcp\"}",
                "{\"destination\":\"-f\",\"protocol\":\"icmp\"}",
                "{\"destination\":\"a;reboot\",\"protocol\":\"icmp\"}",
                "{\"destination\":7,\"protocol\":\"icmp\"}",
                "{\"destination\":\"::1\",\"protocol\":\"icmp\",\"timeout\":301}",
                "{\"destination\":\"::1\",\"protocol\":\"icmp\",\"timeout\":\"5\"}",
                "{\"destination\":\"::1\",\"protocol\":\"icmp\",\"count\":1.5}",
                "{\"destination\":\"::1\",\"protocol\":\"icmp\",\"count\":1,\"Count\":2}"
            })
    void refusesWhatIsNeitherAnAddressNorANumber(String parameters) {
        assertThrows(InvalidParametersException.class, () -> module.bind(MigJson.tree(parameters)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost.", "a_b.example.net", "_a.example.net."})
    void takesNamesThatResolversTake(String name) throws Exception {
        assertEquals(name, bound(name, "tcp", 80, 1, "1").destination());
    }

    @Test
    void takesFractionsOfASecond() throws Exception {
        assertEquals(Duration.ofMillis(250), bound("::1", "icmp", 0, 1, "0.25").limit());
        assertEquals(Duration.ofMillis(1), bound("::1", "icmp", 0, 1, "1e-9").limit());
        assertEquals(
                "{\"destination\":\"::1\",\"protocol\":\"icmp\",\"timeout\":0.25,\"count\":3}",
                MigJson.text(module.flags().orElseThrow().parse(List.of("-d", "::1", "-t", "0.25"))));
    }

    private PingParameters bound(String host, String protocol, int port, int count, String timeout) throws Exception {
        return module.bind(MigJson.tree(
                "{\"destination\":\"%s\",\"protocol\":\"%s\",\"destinationport\":%d,\"count\":%d,\"timeout\":%s}"
                        .formatted(host, protocol, port, count, timeout)));
    }

    private ModuleResult ping(String protocol, int port, int count, String timeout) throws Exception {
        return module.run(bound("127.0.0.1", protocol, port, count, timeout), RunContext.unlimited());
    }

    private static double latency(ModuleResult result, int attempt) {
        return result.elements().get("latencies").get(attempt).asDouble();
    }

    @Test
    void findsAPortThatListens() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
            ModuleResult result = ping("tcp", server.getLocalPort(), 2, "5");

            assertTrue(result.foundAnything());
            assertTrue(Answer.isSuccess(latency(result, 0)), MigJson.text(result));
            assertTrue(Answer.isSuccess(latency(result, 1)), MigJson.text(result));
            assertEquals(
                    List.of("tcp ping of 127.0.0.1:" + server.getLocalPort()
                            + " (127.0.0.1) succeeded. Target is reachable."),
                    module.print(result, true));
        }
    }

    @Test
    void saysThatAPortIsClosed() throws Exception {
        int port = closedPort();

        ModuleResult result = ping("tcp", port, 1, "5");

        assertFalse(result.foundAnything());
        assertEquals(List.of(), module.print(result, true));
        assertEquals(
                List.of(
                        "tcp ping of 127.0.0.1:" + port + " (127.0.0.1) failed. Target is not reachable.",
                        "ping #1 failed, target was unreachable"),
                module.print(result, false));
    }

    @Test
    void givesUpAConnectionThatIsNotMade() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, LOOPBACK)) {
            // Nobody accepts: when the queue is full, the system answers no more.
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                connect(socket, full);
            }

            ModuleResult result = ping("tcp", full.getLocalPort(), 1, "0.1");

            assertEquals("[9999999]", MigJson.text(result.elements().get("latencies")));
            assertTrue(module.print(result, false).contains("ping #1 failed, connection timed out"));
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void connect(Socket socket, ServerSocket server) throws IOException {
        try {
            socket.connect(new InetSocketAddress(LOOPBACK, server.getLocalPort()), 50);
        } catch (java.net.SocketTimeoutException e) {
            assertFalse(socket.isConnected());
        }
    }

    @Test
    void saysThatThereIsNoWay() throws Exception {
        for (String text : List.of("Network is unreachable", "Network is down", "Host is down", "Connection refused")) {
            IOException reason = text.endsWith("refused")
                    ? new ConnectException(text)
                    : new SocketException(text + " (connect failed)");
            assertEquals(Answer.unreachable(), Answer.failed("connect", reason), text);
        }
        assertEquals(Answer.timedOut(), Answer.failed("connect", new ConnectException("Connection timed out")));
        assertEquals(
                new Answer(Answer.FAILURE, Optional.of("connect: too many open files")),
                Answer.failed("connect", new SocketException("Too many open files")));
        assertEquals(
                new Answer(Answer.FAILURE, Optional.of("send: input/output error")),
                Answer.failed("send", new IOException()));
    }

    /** Linux has no way by TCP to an address that stands for all hosts. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void saysSoOfANetworkThatCannotBeReached() throws Exception {
        ModuleResult result = module.run(bound("127.255.255.255", "tcp", 9, 1, "5"), RunContext.unlimited());

        assertEquals("[-1]", MigJson.text(result.elements().get("latencies")), MigJson.text(result));
    }

    @Test
    void hearsAnAnswerByUdp() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, LOOPBACK)) {
            Thread echo = new Thread(() -> answerOnce(server));
            echo.start();

            ModuleResult result = ping("udp", server.getLocalPort(), 1, "5");

            echo.join();
            assertTrue(result.foundAnything());
            assertTrue(Answer.isSuccess(latency(result, 0)), MigJson.text(result));
        }
    }

    private static void answerOnce(DatagramSocket server) {
        try {
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            server.receive(packet);
            assertEquals(15, packet.getLength());
            server.send(new DatagramPacket(new byte[60_000], 60_000, packet.getSocketAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void findsAPortOfUdpThatSaysNothing() throws Exception {
        try (DatagramSocket silent = new DatagramSocket(0, LOOPBACK)) {
            ModuleResult result = ping("udp", silent.getLocalPort(), 1, "0.1");

            assertTrue(result.foundAnything());
            assertEquals("[9999999]", MigJson.text(result.elements().get("latencies")));
            assertTrue(module.print(result, false).contains("ping #1 may have succeeded (no udp response)"));
        }
    }

    @Test
    void saysThatAPortOfUdpIsClosed() throws Exception {
        int port;
        try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
            port = socket.getLocalPort();
        }

        ModuleResult result = ping("udp", port, 1, "5");

        assertFalse(result.foundAnything());
        assertEquals("[-1]", MigJson.text(result.elements().get("latencies")));
    }

    @Test
    void asksWithJavaWhereThereIsNoProgram() throws Exception {
        ModuleResult result = ping("icmp", 0, 2, "2");

        assertTrue(result.foundAnything(), MigJson.text(result));
        assertEquals(
                "127.0.0.1 (127.0.0.1)", result.elements().get("resolvedhost").asText());
        assertEquals(
                "[\"this host has no program ping, Java asked: by ICMP as root, else by TCP port 7\"]",
                MigJson.text(result.elements().get("failures")));
    }

    @Test
    void looksUpANameOnTheEndpoint() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
            PingModule resolving = new PingModule(name -> LOOPBACK, List.of());

            ModuleResult result = resolving.run(
                    bound("www.example.net", "tcp", server.getLocalPort(), 1, "5"), RunContext.unlimited());

            assertTrue(result.foundAnything());
            assertEquals(
                    "www.example.net:" + server.getLocalPort() + " (127.0.0.1)",
                    result.elements().get("resolvedhost").asText());
        }
    }

    @Test
    void failsIfANameCannotBeLookedUp() throws Exception {
        JsonNode unresolvable = parameters(vector("invalid", "006-destination-unresolvable.json"));

        ModuleResult result = module.run(module.bind(unresolvable), RunContext.unlimited());

        assertFalse(result.success());
        assertEquals(List.of("ERROR: lookup nosuchhost.invalid: no such host"), result.errors());
    }

    @Test
    void waitsNoLongerThanItMayForAnAddress() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        PingModule impatient = new PingModule(
                name -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return LOOPBACK;
                },
                Duration.ofMillis(50),
                List.of());

        ModuleResult result =
                impatient.run(bound("slow.example.net", "tcp", closedPort(), 1, "1"), RunContext.unlimited());

        assertFalse(result.success());
        assertEquals(List.of("ERROR: lookup slow.example.net: no answer in 50ms"), result.errors());
        never.countDown();
    }

    @Test
    void putsAddressesOfVersion6IntoBrackets() throws Exception {
        ModuleResult result = new PingRun(bound("::1", "udp", 53, 1, "1"), InetAddress.getByName("::1")).result();

        assertEquals("[::1]:53 (::1)", result.elements().get("resolvedhost").asText());
    }

    @Test
    void stopsBetweenAttempts() throws Exception {
        Instant now = Instant.now();
        RunContext over = new RunContext(Clock.systemUTC(), Optional.of(now), false);

        ModuleResult result = module.run(bound("127.0.0.1", "tcp", closedPort(), 1000, "5"), over);

        assertFalse(result.foundAnything());
        assertTrue(result.elements().get("latencies").isEmpty(), MigJson.text(result));
    }

    @Test
    void printsNothingOfAResultThatIsNone() {
        assertEquals(List.of(), module.print(ModuleResult.EMPTY, false));
        assertEquals(List.of("error: x\\x1b"), module.print(ModuleResult.failed("x\u001b"), false));
    }

    @Test
    void asksInADialog() {
        ModuleDialog dialog = module.dialog().orElseThrow();
        List<String> shown = new ArrayList<>();
        for (String line :
                List.of("done", "d bad host", "d 198.51.100.20", "p sctp", "p tcp", "dp 65536", "dp 443", "c x")) {
            shown.addAll(dialog.enter(line));
        }
        assertEquals("ping> ", dialog.prompt());
        assertEquals(List.of(), dialog.enter("done"));

        assertEquals(5, shown.size(), shown.toString());
        assertEquals("ERROR: c is 'x', expected a whole number from 0 to 999999999999999", shown.get(4));
        assertEquals(
                "{\"destination\":\"198.51.100.20\",\"destinationport\":443,\"protocol\":\"tcp\"}",
                MigJson.text(dialog.parameters().orElseThrow()));
    }
}
