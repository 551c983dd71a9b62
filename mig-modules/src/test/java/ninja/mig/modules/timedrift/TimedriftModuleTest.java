package ninja.mig.modules.timedrift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Times;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimedriftModuleTest {
    private static final Instant NOW = Instant.parse("2026-03-14T13:26:27.5Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String UNREACHABLE =
            "{\"host\":\"127.0.0.1\",\"time\":\"0001-01-01T00:00:00Z\",\"latency\":\"\",\"drift\":\"\",\"reachable\":false}";

    private final RunContext context = new RunContext(Clock.fixed(NOW, ZoneOffset.UTC), Optional.empty(), false);

    /** Must not be asked. */
    private final TimedriftModule module = new TimedriftModule(
            () -> {
                throw new AssertionError("nobody asked for network time");
            },
            InetAddress::getByName,
            PATIENCE);

    static Stream<VectorCase> valid() {
        return VectorCase.of("timedrift/valid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void acceptsWhatTheVectorsSay(VectorCase vector) throws Exception {
        TimedriftParameters bound = module.bind(MigJson.tree(vector.parameters(Path.of("/"))));

        JsonNode expect = vector.json().get("expect");
        if (expect.has("drift_ns")) {
            assertEquals(
                    expect.get("drift_ns").asLong(),
                    bound.window().orElseThrow().toNanos());
            return;
        }
        ModuleResult result = module.run(bound, context);
        assertEquals(expect.get("foundanything").asBoolean(), result.foundAnything());
        assertEquals(expect.get("success").asBoolean(), result.success());
        assertEquals(
                expect.get("hascheckeddrift").asBoolean(),
                result.elements().get("hascheckeddrift").asBoolean());
        assertEquals(NOW, Times.parse(result.elements().get("localtime").asText()));
    }

    private ModuleResult check(String drift, Duration limit, NtpServer... servers) throws Exception {
        TimedriftModule asking = new TimedriftModule(() -> List.of(servers), InetAddress::getByName, limit);
        return asking.run(asking.bind(MigJson.tree("{\"drift\":\"" + drift + "\"}")), context);
    }

    @Test
    void findsNothingWithinTheWindow() throws Exception {
        try (NtpClock clock = NtpClock.at(NOW.plusSeconds(3))) {
            ModuleResult result = check("1m", PATIENCE, clock.server());

            assertTrue(result.success());
            assertFalse(result.foundAnything());
            assertTrue(result.elements().get("hascheckeddrift").asBoolean());
            assertTrue(result.elements().get("iswithindrift").asBoolean());
            assertFalse(result.elements().has("drifts"));
            List<String> lines = module.print(result, false);
            assertEquals("local time is within acceptable drift from NTP servers", lines.get(1));
            assertTrue(
                    lines.get(3)
                            .matches("stat: 127\\.0\\.0\\.1 responded in \\S+s with time "
                                    + "2026-03-14 13:26:30\\.5 \\+0000 UTC\\. local time drifts by -\\S+s"),
                    lines.get(3));
            assertEquals("timedrift module has succeeded", lines.get(4));
        }
    }

    @Test
    void asksTheServersOfAPropertyAlone() throws Exception {
        try (NtpClock clock = NtpClock.at(NOW.plusSeconds(3))) {
            System.setProperty(
                    NtpServers.PROPERTY, "127.0.0.1:" + clock.server().port());

            TimedriftModule asking = new TimedriftModule();
            ModuleResult result = asking.run(asking.bind(MigJson.tree("{\"drift\":\"1m\"}")), context);

            assertTrue(result.success());
            assertEquals(1, result.statistics().get("ntpstats").size());
            System.setProperty(NtpServers.PROPERTY, "[::1]:10123,localhost:7");
            assertEquals(List.of(new NtpServer("::1", 10123), new NtpServer("localhost", 7)), NtpServers.toAsk());
            System.setProperty(NtpServers.PROPERTY, "127.0.0.1");
            assertThrows(IllegalArgumentException.class, NtpServers::toAsk);
        } finally {
            System.clearProperty(NtpServers.PROPERTY);
        }
    }

    @Test
    void saysHowFarTheClockIsBehindOrAhead() throws Exception {
        try (NtpClock future = NtpClock.at(NOW.plusSeconds(600));
                NtpClock past = NtpClock.at(NOW.minusSeconds(600))) {
            ModuleResult behind = check("5m", PATIENCE, future.server());
            ModuleResult ahead = check("5m", PATIENCE, past.server());

            assertTrue(behind.foundAnything());
            assertTrue(behind.success());
            assertFalse(behind.elements().has("iswithindrift"));
            // The answer took no time by the clock of this test, and some by that of the machine.
            assertTrue(
                    behind.elements()
                            .get("drifts")
                            .get(0)
                            .asText()
                            .matches("Local time is behind ntp host 127\\.0\\.0\\.1 by 10m[0-2](\\.[0-9]+)?s"),
                    MigJson.text(behind));
            assertTrue(
                    ahead.elements()
                            .get("drifts")
                            .get(0)
                            .asText()
                            .matches("Local time is ahead of ntp host 127\\.0\\.0\\.1 by 9m5[789](\\.[0-9]+)?s"),
                    MigJson.text(ahead));
            assertEquals(
                    List.of(
                            "local time is " + ahead.elements().get("localtime").asText(),
                            "local time is out of sync from NTP servers",
                            ahead.elements().get("drifts").get(0).asText()),
                    module.print(ahead, true));
        }
    }

    @Test
    void takesHalfOfTheLatencyIntoAccount() {
        NtpServer.Reading reading = new NtpServer.Reading(NOW, Duration.ofSeconds(2), NOW.plusSeconds(5));

        assertEquals(Duration.ofSeconds(4), reading.drift());
    }

    @Test
    void asksTheNextServerIfOneGivesNoTime() throws Exception {
        try (NtpClock kissOfDeath = new NtpClock(question -> List.of(changed(question.get(0), 1, 0)));
                NtpClock good = NtpClock.at(NOW);
                NtpClock unasked = NtpClock.at(NOW)) {
            ModuleResult result = check(
                    "10s",
                    PATIENCE,
                    new NtpServer("127.0.0.1", closedPort()),
                    kissOfDeath.server(),
                    good.server(),
                    unasked.server());

            assertTrue(result.success(), MigJson.text(result));
            assertEquals(2, result.errors().size(), result.errors().toString());
            assertEquals(
                    "ERROR: ask 127.0.0.1: connection refused", result.errors().get(0));
            assertTrue(
                    result.errors().get(1).contains("not usable: it has stratum 0"),
                    result.errors().get(1));
            JsonNode stats = result.statistics().get("ntpstats");
            assertEquals(3, stats.size());
            assertEquals(UNREACHABLE, MigJson.text(stats.get(0)));
            assertTrue(stats.get(2).get("reachable").asBoolean());
            assertNull(unasked.question());
            assertTrue(module.print(result, false).contains("stat: 127.0.0.1 was unreachable"));
        }
    }

    @Test
    void waitsNoLongerThanItMayForAServer() throws Exception {
        try (NtpClock silent = new NtpClock(question -> List.of())) {
            ModuleResult result = check("10s", Duration.ofMillis(20), silent.server());

            assertEquals(
                    List.of("ERROR: ask 127.0.0.1: no answer in 20ms", "no server of network time gave an answer"),
                    result.errors());
            assertEquals(
                    UNREACHABLE,
                    MigJson.text(result.statistics().get("ntpstats").get(0)));
        }
    }

    @Test
    void waitsNoLongerThanItMayForTheAddressOfAServer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        NtpServer.Resolver silent = name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        };

        assertEquals(
                List.of("ERROR: ask ntp.example.net: no answer in 50ms", "no server of network time gave an answer"),
                lookedUp(silent, Duration.ofMillis(50)).errors());
        never.countDown();
        assertEquals(
                "ERROR: ask ntp.example.net: no such host",
                lookedUp(silent, PATIENCE).errors().get(0));
    }

    private ModuleResult lookedUp(NtpServer.Resolver resolver, Duration limit) throws Exception {
        TimedriftModule asking =
                new TimedriftModule(() -> List.of(new NtpServer("ntp.example.net", 123)), resolver, limit);
        return asking.run(asking.bind(MigJson.tree("{\"drift\":\"1s\"}")), context);
    }

    private static int closedPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static byte[] changed(byte[] question, int index, int value) {
        byte[] answer = NtpClock.answer(question, NOW);
        answer[index] = (byte) value;
        return answer;
    }

    @Test
    void failsIfNobodyAnswers() throws Exception {
        try (NtpClock hostile = new NtpClock(question -> List.of(new byte[0], new byte[1000]))) {
            ModuleResult result = check("10s", PATIENCE, hostile.server());

            assertFalse(result.success());
            assertFalse(result.foundAnything());
            assertFalse(result.elements().get("hascheckeddrift").asBoolean());
            assertFalse(result.elements().has("iswithindrift"));
            assertEquals(
                    List.of(
                            "ERROR: ask 127.0.0.1: short response of 0 bytes",
                            "no server of network time gave an answer"),
                    result.errors());
            List<String> lines = module.print(result, false);
            assertEquals("timedrift module has failed", lines.get(lines.size() - 1));
        }
        assertFalse(check("10s", PATIENCE).success());
    }

    @Test
    void hearsNoAnswerToAnotherQuestion() throws Exception {
        try (NtpClock clock = new NtpClock(question -> List.of(
                changed(question.get(0), 24, question.get(0)[40] + 1),
                NtpClock.answer(question.get(0), NOW.plusSeconds(90))))) {
            ModuleResult result = check("10s", PATIENCE, clock.server());

            assertTrue(result.elements().get("drifts").get(0).asText().contains("behind"), MigJson.text(result));
            assertEquals(48, clock.question().length);
        }
    }

    @Test
    void asksWithAnotherNumberEachTime() throws Exception {
        Set<String> questions = new HashSet<>();
        try (NtpClock clock = NtpClock.at(NOW)) {
            for (int i = 0; i < 3; i++) {
                check("10s", PATIENCE, clock.server());
                questions.add(MigJson.text(clock.question()));
            }
        }
        assertEquals(3, questions.size());
    }

    @Test
    void comparesTheWindowExactly() throws Exception {
        try (NtpClock clock = NtpClock.at(NOW.minusSeconds(600))) {
            assertTrue(check("0", PATIENCE, clock.server()).foundAnything());
            assertFalse(check("10m", PATIENCE, clock.server()).foundAnything());
        }
    }

    @Test
    void stopsBetweenServers() throws Exception {
        RunContext over = new RunContext(Clock.systemUTC(), Optional.of(Instant.now()), false);
        try (NtpClock clock = NtpClock.at(NOW)) {
            TimedriftModule asking =
                    new TimedriftModule(() -> List.of(clock.server()), InetAddress::getByName, PATIENCE);

            ModuleResult result = asking.run(asking.bind(MigJson.tree("{\"drift\":\"1s\"}")), over);

            assertFalse(result.success());
            assertNull(clock.question());
        }
    }

    @Test
    void printsTimesThatAreNone() throws Exception {
        ModuleResult foreign = MigJson.read(
                "{\"success\":true,\"elements\":{\"localtime\":\"yester\\u001bday\"},"
                        + "\"statistics\":{\"ntpstats\":[{\"host\":\"h\",\"reachable\":true,\"time\":\"noon\"}]}}",
                ModuleResult.class);

        assertEquals(
                List.of(
                        "local time is yester\\x1bday",
                        "stat: h responded in  with time noon. local time drifts by ",
                        "timedrift module has succeeded"),
                module.print(foreign, false));
    }

    @Test
    void asksOneLineInADialog() {
        ModuleDialog dialog = module.dialog().orElseThrow();
        List<String> shown = new ArrayList<>(dialog.enter("soon"));
        assertEquals("drift> ", dialog.prompt());
        shown.addAll(dialog.enter("-5s"));
        assertEquals(List.of(), dialog.enter(" 1m30s "));

        assertEquals(2, shown.size(), shown.toString());
        assertTrue(dialog.isOver());
        assertEquals("{\"drift\":\"1m30s\"}", MigJson.text(dialog.parameters().orElseThrow()));

        ModuleDialog empty = module.dialog().orElseThrow();
        empty.enter("");
        assertEquals("{\"drift\":\"\"}", MigJson.text(empty.parameters().orElseThrow()));
    }
}
