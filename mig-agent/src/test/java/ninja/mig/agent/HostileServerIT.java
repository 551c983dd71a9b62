package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import ninja.mig.agent.service.AgentJvm;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MigJson;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.RealRabbitMq;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attacks of {@link HostileServerTest} on the shipped program, in as little memory as it gets, through a relay: some of
 * each kind, and all of them with {@code -Dmig.agent.attacks=all}.
 */
@ExtendWith(MigServices.class)
@RealRabbitMq
@Timeout(300)
class HostileServerIT {
    private static final boolean ALL =
            System.getProperty("mig.agent.attacks", "").equals("all");
    private static final int SOME = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(200);

    @TempDir
    Path directory;

    private record Sent(HostileCase attack, long id) {}

    @Test
    void survivesTheAttacksThroughTheRelay(AmqpBroker broker) throws Exception {
        Path record = directory.resolve("executed-by-the-attacker");
        HostileServer server = new HostileServer(Instant.now().truncatedTo(ChronoUnit.SECONDS), record);
        Process agent = start(server, broker);
        try (SchedulerSide scheduler = new SchedulerSide(broker)) {
            String queueLoc = scheduler.heartbeat().get("queueloc").textValue();
            Set<Long> honest = new HashSet<>();
            List<Sent> sent = new ArrayList<>();
            for (HostileCase attack : attacks()) {
                HostileServer.Shot shot = attack.attempt().by(server);
                for (byte[] before : shot.before()) {
                    honest.add(MigJson.tree(before).get("id").longValue());
                    scheduler.send(queueLoc, before);
                }
                scheduler.send(queueLoc, shot.message());
                sent.add(new Sent(attack, shot.id()));
            }
            long last = server.nextId();
            scheduler.send(
                    queueLoc, server.command(last, server.signed(server.draft(server.probe("alive")), server.bob)));
            Await.until("the last command", PATIENCE, () -> log().contains(" " + last + " [info] module 'probe'"));

            int refusals = checkAnswers(scheduler, honest, last);
            assertFalse(Files.exists(record), "something was executed");
            assertEquals(List.of(), unexplained(sent));
            assertTrue(agent.isAlive());
            System.out.printf(
                    "Hostile server, the shipped agent and RabbitMQ: %d cases, %d refusals answered, 0 executed%n",
                    sent.size(), refusals);
        } finally {
            agent.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
        }
    }

    /** Those that begin with an honest command take their time, since that runs. */
    private static List<HostileCase> attacks() {
        if (ALL) {
            return HostileCases.all();
        }
        Map<String, Integer> ofGroup = new HashMap<>();
        return HostileCases.all().stream()
                .filter(attack -> ofGroup.merge(attack.group(), 1, Integer::sum) <= SOME)
                .toList();
    }

    /** @return how many attacks were answered, all of them with a refusal: the agent answers twenty a minute */
    private static int checkAnswers(SchedulerSide scheduler, Set<Long> honest, long last) throws Exception {
        int refusals = 0;
        while (true) {
            JsonNode answer = scheduler.resultTree();
            long id = answer.get("id").longValue();
            if (id == last) {
                assertEquals("success", answer.get("status").textValue(), answer::toString);
                return refusals;
            }
            if (!honest.contains(id)) {
                assertEquals("failed", answer.get("status").textValue(), answer::toString);
                assertFalse(answer.get("results").get(0).get("errors").isEmpty(), answer::toString);
                refusals++;
            }
        }
    }

    /** The attacks of which the log does not speak as it should. */
    private List<String> unexplained(List<Sent> sent) throws Exception {
        List<String> lines = log().lines().toList();
        return sent.stream()
                .filter(one -> lines.stream()
                        .noneMatch(line -> line.contains(one.attack().log())
                                && line.contains(one.id() == 0 ? " [" : " " + one.id() + " [")))
                .map(one -> one.attack().toString())
                .toList();
    }

    private String log() throws Exception {
        return Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    }

    /** The shipped jar with the flags that it is run with, the keys of this test, and the probe beside it. */
    private Process start(HostileServer server, AmqpBroker broker) throws Exception {
        AgentSettings settings = AgentSettings.read(IniFile.parse(
                "test.cfg",
                "[agent]\nrelay = \"" + broker.uri(BrokerUser.AGENT) + "\"\nheartbeatfreq = 60s\nisimmortal = on\n"));
        Path resource = directory.resolve("conf").resolve(BuiltinConfig.RESOURCE);
        Files.createDirectories(resource.getParent());
        Files.write(
                resource,
                MigJson.bytes(Investigation.builtin(settings, server.publicKeys(), server.acl(), "file", "probe")));
        Path tests = Path.of(ProbeModule.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(AgentJvm.FLAGS);
        command.addAll(List.of(
                "-Dmig.agent.rundir=" + directory.resolve("run"),
                "-cp",
                String.join(
                        File.pathSeparator,
                        directory.resolve("conf").toString(),
                        System.getProperty("mig.agent.jar"),
                        tests.toString()),
                Main.class.getName(),
                "-f"));
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }
}
