package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.Action;
import ninja.mig.model.IdGenerator;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CommandRunTest {
    private static final Action ACTION = new Investigation().draft(probe("one"), probe("two"), probe("three"));

    private final List<CommandRun> ended = new ArrayList<>();

    @Test
    void endsWhateverIsThrown() throws Exception {
        CommandRun run = run(operation -> {
            throw new OutOfMemoryError("as if");
        });

        runAll(run);

        Outcome crashed = new Outcome.Crashed("module 'probe' could not be run");
        assertEquals(List.of(crashed, crashed, crashed), run.outcomes());
        assertEquals(List.of(run), ended);
    }

    @Test
    void keepsTheOrderOfItsOperations() throws Exception {
        CommandRun run = run(operation ->
                new Outcome.Crashed(operation.parameters().get("do").textValue()));
        Runnable first = run.next().orElseThrow();

        runAll(run);
        assertEquals(List.of(), ended);
        first.run();

        assertEquals(List.of(run), ended);
        assertEquals(
                List.of(new Outcome.Crashed("one"), new Outcome.Crashed("two"), new Outcome.Crashed("three")),
                run.outcomes());
    }

    @Test
    void logsWithAnIdForEachOperation() throws Exception {
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        try (Logging logging =
                Logging.setUp(LoggingConf.toStream(Severity.INFO), "mig-agent", new PrintStream(logged, true, UTF_8))) {
            runAll(run(operation -> {
                throw new IllegalStateException("as if");
            }));
        }

        List<String> heads = logged.toString(UTF_8)
                .lines()
                .map(line -> line.substring("2026/01/01 00:00:00 ".length(), line.indexOf('[')))
                .toList();
        assertEquals(3, heads.size(), heads::toString);
        assertTrue(heads.stream().allMatch(head -> head.matches("[1-9][0-9]+ - 1 ")), heads::toString);
        assertEquals(3, Set.copyOf(heads).size(), heads::toString);
    }

    @Test
    void workersGoOnAfterWhatIsThrown() throws Exception {
        LinkedBlockingQueue<MigId> opened = new LinkedBlockingQueue<>();
        Workers workers = new Workers(1, command -> {
            opened.add(command);
            if (command.value() == 1) {
                throw new StackOverflowError("as if");
            }
            return Optional.empty();
        });

        workers.add(new MigId(1));
        workers.add(new MigId(2));

        assertEquals(new MigId(1), opened.poll(20, TimeUnit.SECONDS));
        assertEquals(new MigId(2), opened.poll(20, TimeUnit.SECONDS));
        workers.stop();
        workers.join(java.time.Duration.ofSeconds(20));
    }

    private CommandRun run(Function<Operation, Outcome> runner) throws Exception {
        ReceivedCommand received = ReceivedCommand.read("{\"id\":1}".getBytes(UTF_8));
        return new CommandRun(received, ACTION, new IdGenerator(Clock.systemUTC()), runner, ended::add);
    }

    private static void runAll(CommandRun run) {
        int count = 0;
        for (Optional<Runnable> next = run.next(); next.isPresent(); next = run.next()) {
            next.get().run();
            count++;
        }
        assertTrue(count <= 3);
    }
}
