package ninja.mig.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import ninja.mig.platform.testing.Await;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.Delivery;

/** What an agent does with commands, on a run directory and without a relay: answers stay in the outbox. */
final class CommandDesk implements AutoCloseable {
    static final QueueLoc SELF = new QueueLoc("linux", "host.example.net", "abcdefghijklm");

    final Outbox outbox;
    final ReplayGuard guard;
    final CommandsAtHand atHand;
    final CommandRunner runner;

    CommandDesk(Path directory, ActionAuthorization authorization, Set<String> modules, Clock clock)
            throws IOException, RejectedException {
        RunDir runDir = RunDir.open(directory);
        outbox = Outbox.open(runDir);
        guard = ReplayGuard.open(runDir, clock);
        atHand = CommandsAtHand.open(runDir);
        RelayLink away = new RelayLink(
                AmqpUri.parse("amqp://agent:secret@localhost:5672/mig")
                        .conf(Optional.empty(), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                List.of(Optional.empty()),
                SELF,
                new ReconnectPauses(() -> 0),
                clock);
        runner = new CommandRunner(
                authorization,
                guard,
                atHand,
                new OperationRunner(ModuleProgram.self(), modules, Duration.ofSeconds(30), atHand.folder(), clock),
                new ResultSender(outbox, away, Duration.ofSeconds(300)),
                SELF,
                2,
                clock);
    }

    /** @return how often the message was acknowledged */
    int deliver(byte[] message) throws IOException {
        AtomicInteger acknowledged = new AtomicInteger();
        runner.handle(Delivery.detached("mig.agt." + SELF, message, acknowledged::incrementAndGet));
        return acknowledged.get();
    }

    /** Waits until there is an answer and nothing is left to do. */
    Path await() throws Exception {
        Await.closely("an answer", Duration.ofSeconds(60), () -> !outbox.isEmpty() && runner.isIdle(Duration.ZERO));
        return outbox.waiting().get(0);
    }

    /** Waits for the next answer and takes it. */
    byte[] take() throws Exception {
        Path file = await();
        byte[] answer = Files.readAllBytes(file);
        outbox.remove(file);
        return answer;
    }

    @Override
    public void close() throws Exception {
        runner.close();
        atHand.close();
        guard.close();
    }
}
