package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.platform.AmqpBroker;
import ninja.mig.platform.BrokerUser;
import ninja.mig.platform.testing.Await;
import ninja.mig.platform.testing.MigServices;
import ninja.mig.platform.testing.OwnServer;
import ninja.mig.platform.testing.RealRabbitMq;
import ninja.mig.relay.Message;
import ninja.mig.relay.Relay;
import ninja.mig.relay.RelayConf;
import ninja.mig.relay.RelayConnection;
import ninja.mig.relay.RelayException;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program, in a process of its own, from event to output: events come from the relay's user scheduler, the program is
 * its user worker. MozDef is an exchange and a queue of the administrator, who stands for another broker.
 */
@RealRabbitMq
@ExtendWith(MigServices.class)
class WorkersIT {
    private static final String MOZDEF = "eventtask";

    private final AmqpBroker broker;
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path folder;

    private Relay scheduler;

    WorkersIT(@OwnServer AmqpBroker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void startScheduler() throws Exception {
        RelayConf conf = new RelayConf(
                broker.host(),
                broker.port(),
                "scheduler",
                broker.password(BrokerUser.SCHEDULER),
                broker.vhost(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30));
        scheduler = Relay.start(conf, "scheduler", Clock.systemUTC(), RelayConnection::declareScheduler);
    }

    @AfterEach
    void stopAll() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        asAdmin(channel -> {
            for (Worker worker : List.of(Worker.AGENT_VERIF, Worker.AGENT_INTEL, Worker.COMPLIANCE_ITEM)) {
                channel.queueDelete(Topology.workerQueue(worker.name()));
            }
            channel.queueDelete(MOZDEF);
            channel.exchangeDelete(MOZDEF);
            return "";
        });
        scheduler.close();
    }

    private interface Work<T> {
        T on(Channel channel) throws IOException;
    }

    private <T> T asAdmin(Work<T> work) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(broker.host());
        factory.setPort(broker.port());
        factory.setVirtualHost(broker.vhost());
        factory.setUsername("admin");
        factory.setPassword(broker.password(BrokerUser.ADMIN));
        try (Connection connection = factory.newConnection("test")) {
            return work.on(connection.createChannel());
        }
    }

    private void declareMozDef() throws Exception {
        asAdmin(channel -> {
            channel.exchangeDeclare(MOZDEF, "topic", true);
            channel.queueDeclare(MOZDEF, true, false, false, Map.of());
            return channel.queueBind(MOZDEF, MOZDEF, "mig.events");
        });
    }

    private GetResponse fromMozDef() throws Exception {
        List<GetResponse> got = new ArrayList<>();
        Await.until(
                "MozDef has an event",
                () -> asAdmin(channel -> {
                    GetResponse response = channel.basicGet(MOZDEF, true);
                    return response != null && got.add(response);
                }));
        return got.get(0);
    }

    private static String text(GetResponse response) {
        return new String(response.getBody(), StandardCharsets.UTF_8);
    }

    private Path conf(String more) throws IOException {
        return Files.writeString(
                folder.resolve("worker.cfg"),
                """
                [mq]
                host = "%s"
                port = %d
                user = worker
                pass = "%s"
                vhost = "%s"
                """.formatted(broker.host(), broker.port(), broker.password(BrokerUser.WORKER), broker.vhost()) + more);
    }

    private String mozdefConf() {
        return """
                [mozdef]
                host = "%s"
                port = %d
                user = admin
                pass = "%s"
                vhost = "%s"
                exchange = %s
                routingkey = mig.events
                """.formatted(broker.host(), broker.port(), broker.password(BrokerUser.ADMIN), broker.vhost(), MOZDEF);
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "ninja.mig.workers.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    private Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private Process start(Worker worker, String more) throws Exception {
        return start(java(worker.name(), "-c", conf(more).toString()));
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    private void awaitConsumer(Worker worker) throws Exception {
        Await.until(worker.name() + " takes events", () -> consumers(worker) > 0);
    }

    private int consumers(Worker worker) {
        try {
            return scheduler
                    .inspect(Topology.workerQueue(worker.name()))
                    .map(q -> q.consumers())
                    .orElse(0);
        } catch (RelayException e) {
            return 0; // while the broker restarts
        }
    }

    private void publish(Worker worker, byte[] event) throws Exception {
        scheduler.publish(Message.event(worker.eventKey(), event), Duration.ofSeconds(30));
    }

    private void assertEmpty(Worker worker) throws Exception {
        int[] messages = {-1};
        asAdmin(channel -> messages[0] = (int) channel.messageCount(Topology.workerQueue(worker.name())));
        assertEquals(0, messages[0], "events left for " + worker.name());
    }

    private static int exit(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    @Test
    void agentVerifPrintsEventsAndSurvivesARestartOfTheBroker() throws Exception {
        Process process = start(Worker.AGENT_VERIF, "");
        awaitConsumer(Worker.AGENT_VERIF);

        publish(Worker.AGENT_VERIF, "{\"name\":\n\"first\"}".getBytes(StandardCharsets.UTF_8));
        publish(Worker.AGENT_INTEL, "{\"name\": \"not for this one\"}".getBytes(StandardCharsets.UTF_8));
        Await.until("printed", () -> out().equals("{\"name\":\\x0a\"first\"}\n"));

        broker.restart();
        Await.until("the scheduler is back", scheduler::isConnected);
        awaitConsumer(Worker.AGENT_VERIF);
        publish(Worker.AGENT_VERIF, "second".getBytes(StandardCharsets.UTF_8));
        // An event that was printed, and not acknowledged yet when the broker went down, comes again.
        List<String> both = List.of("{\"name\":\\x0a\"first\"}", "second");
        Await.until("printed", () -> out().lines().distinct().toList().equals(both));

        process.destroy(); // SIGTERM
        assertEquals(0, exit(process));
        assertTrue(err().startsWith("Initializing worker agent_verif...\n"), err());
        assertTrue(err().contains("AMQP connection agent_verif-consumer lost"), err());
        assertTrue(err().endsWith("- - - [info] stopped\n"), err());
        assertFalse(err().contains("[error]"), err());
        assertEmpty(Worker.AGENT_VERIF);
    }

    @Test
    void agentVerifWaitsForTheFirstScheduler() throws Exception {
        asAdmin(channel -> channel.exchangeDelete(Topology.EVENT_EXCHANGE));
        start(Worker.AGENT_VERIF, "");
        Await.until("said so", () -> err().contains("no exchange 'migevent'"));

        asAdmin(channel -> channel.exchangeDeclare(Topology.EVENT_EXCHANGE, "topic", true));

        awaitConsumer(Worker.AGENT_VERIF);
        publish(Worker.AGENT_VERIF, "{}".getBytes(StandardCharsets.UTF_8));
        Await.until("printed", () -> out().equals("{}\n"));
    }

    @Test
    void agentVerifAddsToTheWhitelistWhatTheOperatorConfirms() throws Exception {
        Path terminal = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(terminal), "the program script gives a terminal");
        Path whitelist = Files.writeString(folder.resolve("whitelist.txt"), "linux.old.1");
        List<String> command = java("agent-verif", "-c", conf("").toString(), "--whitelist", whitelist.toString());
        Process process = start(List.of(
                "env",
                "--default-signal=INT", // it is ignored if the tests run in the background of a script
                terminal.toString(),
                "-qec",
                "exec '" + String.join("' '", command) + "'", // a shell in between would die of Ctrl-C itself
                folder.resolve("log").toString()));
        awaitConsumer(Worker.AGENT_VERIF);
        try (OutputStream keyboard = process.getOutputStream()) {
            publish(
                    Worker.AGENT_VERIF,
                    "{\"name\": \"a\", \"queueloc\": \"linux.a.1\"}".getBytes(StandardCharsets.UTF_8));
            Await.until("asked", () -> count("Authorize this queueloc? [y/N]") == 1);
            type(keyboard, "y\n");
            Await.until("added", () -> Files.readString(whitelist).equals("linux.old.1\nlinux.a.1\n"));

            publish(
                    Worker.AGENT_VERIF,
                    "{\"name\": \"a\", \"queueloc\": \"linux.a.1\"}".getBytes(StandardCharsets.UTF_8));
            publish(
                    Worker.AGENT_VERIF,
                    "{\"name\": \"b\", \"queueloc\": \"linux.b.1\"}".getBytes(StandardCharsets.UTF_8));
            Await.until("asked", () -> count("Authorize this queueloc? [y/N]") == 2);
            type(keyboard, "n\n");
            Await.until("said so", () -> count("not authorized\r\n") == 1);

            publish(
                    Worker.AGENT_VERIF,
                    "{\"name\": \"c\", \"queueloc\": \"linux.c.1\"}".getBytes(StandardCharsets.UTF_8));
            Await.until("asked", () -> count("Authorize this queueloc? [y/N]") == 3);
            broker.restart();
            Await.until("asked again", () -> count("Authorize this queueloc? [y/N]") == 4);
            type(keyboard, "\u0003"); // Ctrl-C
            assertEquals(0, exit(process), out());
        }
        assertEquals("linux.old.1\nlinux.a.1\n", Files.readString(whitelist));
        asAdmin(channel -> {
            assertEquals(1, channel.messageCount(Topology.workerQueue("agent_verif")), "the last one was not answered");
            return "";
        });
    }

    private int count(String text) throws IOException {
        return out().split(java.util.regex.Pattern.quote(text), -1).length - 1;
    }

    private static void type(OutputStream keyboard, String text) throws IOException {
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    @Test
    void agentIntelKeepsEventsUntilMozDefTakesThem() throws Exception {
        Process process = start(Worker.AGENT_INTEL, mozdefConf());
        awaitConsumer(Worker.AGENT_INTEL);

        publish(Worker.AGENT_INTEL, "nonsense".getBytes(StandardCharsets.UTF_8));
        publish(Worker.AGENT_INTEL, Golden.bytes("agent.json"));
        Await.until("refused by MozDef", () -> out().contains("MozDef does not take events"));
        declareMozDef();

        GetResponse hint = fromMozDef();
        assertTrue(text(hint).contains("\"category\":\"asset_hint\""), text(hint));
        assertTrue(text(hint).contains("\"summary\":\"mig discovered endpoint web1.example.net\""), text(hint));
        assertTrue(text(hint).contains("\"processname\":\"agent_intel\""), text(hint));
        assertEquals("text/plain", hint.getProps().getContentType());
        assertEquals(2, hint.getProps().getDeliveryMode());
        assertTrue(out().contains("discarding an invalid event: not JSON"), out());

        process.destroy();
        assertEquals(0, exit(process));
        assertTrue(process.exitValue() == 0 && out().endsWith("- - - [info] stopped\n"), out());
        assertEmpty(Worker.AGENT_INTEL);
    }

    @Test
    void complianceItemSurvivesARestartOfTheBroker() throws Exception {
        declareMozDef();
        start(Worker.COMPLIANCE_ITEM, mozdefConf() + "[api]\nhost = \"https://api.example.net/api/v1\"\n");
        awaitConsumer(Worker.COMPLIANCE_ITEM);
        publish(Worker.COMPLIANCE_ITEM, Golden.bytes("command.json"));
        for (int i = 0; i < 3; i++) {
            assertDetails(i, text(fromMozDef()));
        }

        broker.restart();
        Await.until("the scheduler is back", scheduler::isConnected);
        awaitConsumer(Worker.COMPLIANCE_ITEM);
        publish(Worker.COMPLIANCE_ITEM, Golden.bytes("command.json"));

        for (int i = 0; i < 3; i++) {
            assertDetails(i, text(fromMozDef()));
        }
    }

    /** Process and time differ from the golden ones. */
    private static void assertDetails(int item, String event) throws IOException {
        String golden = Golden.text("compliance-items.json").split("\n")[item];
        String mark = "\"severity\"";
        assertEquals(golden.substring(golden.indexOf(mark)), event.substring(event.indexOf(mark)));
    }

    @Test
    void doesNotStartWithAPasswordThatTheRelayRefuses() throws Exception {
        Path file = conf("");
        Files.writeString(file, Files.readString(file).replaceFirst("pass = \"[^\"]*\"", "pass = \"wrong\""));

        Process process = start(java("agent-verif", "-c", file.toString()));

        assertEquals(9, exit(process));
        assertTrue(out().startsWith("FATAL: cannot connect to relay"), out());
    }
}
