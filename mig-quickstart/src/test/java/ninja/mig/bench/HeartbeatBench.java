package ninja.mig.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ninja.mig.fleet.Behaviour;
import ninja.mig.fleet.Fleet;
import ninja.mig.fleet.SimulatedAgent;
import ninja.mig.platform.testing.Await;

/** How fast heartbeats get into the database, and how fast broker and database could take them. */
final class HeartbeatBench {
    /** Of the long whitelist. */
    private static final int EXPRESSIONS = 50;

    /**
     * @param messages of the steady state, and of the queue that is drained
     * @param plainLines of the long whitelist
     * @param databaseBatch heartbeats in one statement when the database is measured alone
     */
    record Size(int agents, int messages, int plainLines, int databaseBatch) {
        int rounds() {
            return Math.max(1, messages / agents);
        }
    }

    /** What happens, and how often each agent says that it lives. */
    enum Phase {
        REGISTER("first registration"),
        STEADY("steady, generator running"),
        DRAIN("drain of a full queue"),
        DRAIN_AT_ONCE("drain, just started");

        private final String words;

        Phase(String words) {
            this.words = words;
        }

        /** New agents send two heartbeats at once, which must not make two rows. */
        int rounds(Size size) {
            return this == REGISTER ? 2 : size.rounds();
        }
    }

    /** Messages that were dealt with, from the first one published (drained: from when they can be had) to the last one done. */
    record Run(long messages, double seconds, Cpu cpu) {
        double perSecond() {
            return messages / seconds;
        }
    }

    /**
     * One line of the table.
     *
     * @param limitPerSecond the slower of what broker and database do alone
     * @param cpuMillis for one message
     */
    record Line(
            String whitelist,
            String phase,
            long messages,
            double seconds,
            double perSecond,
            double brokerPerSecond,
            double databasePerSecond,
            double limitPerSecond,
            double timesTheLimitsTime,
            Cpu cpuMillis,
            Memory memory,
            AgentRows rows) {}

    private record Measured(String whitelist, Phase phase, Run run, Memory memory, AgentRows rows) {}

    private final Testbed testbed;
    private final Size size;
    private final Progress progress;
    private final List<Measured> measured = new ArrayList<>();
    private Fleet fleet;

    HeartbeatBench(Testbed testbed, Size size, Progress progress) {
        this.testbed = testbed;
        this.size = size;
        this.progress = progress;
    }

    List<Line> run() throws Exception {
        try (Fleet connected =
                Fleet.start(testbed.agentsLogin(), Fleet.Shape.of("bench", size.agents()), Behaviour.OBEDIENT)) {
            fleet = connected;
            progress.say("connecting %,d simulated agents", size.agents());
            fleet.awaitConnected(Duration.ofMinutes(10));
            underTest("one line", List.of("re:linux\\.bench-[0-9]{5}\\.example\\.net\\.[a-z0-9]{13}"));
            underTest("%,d lines".formatted(size.plainLines() + EXPRESSIONS), longWhitelist());
            Map<Phase, Run> broker = new EnumMap<>(Phase.class);
            Map<Phase, Run> database = new EnumMap<>(Phase.class);
            for (Phase phase : List.of(Phase.REGISTER, Phase.STEADY, Phase.DRAIN)) {
                progress.say("limits: %s", phase.words);
                broker.put(phase, bareBroker(phase));
                database.put(phase, bareDatabase(phase));
            }
            broker.put(Phase.DRAIN_AT_ONCE, broker.get(Phase.DRAIN));
            database.put(Phase.DRAIN_AT_ONCE, database.get(Phase.DRAIN));
            return measured.stream()
                    .map(one -> line(one, broker.get(one.phase), database.get(one.phase)))
                    .toList();
        }
    }

    /** Every other agent is authorised by a plain line of its own, the rest by the last expression. */
    private List<String> longWhitelist() {
        List<String> own = IntStream.range(0, size.agents())
                .filter(number -> number % 2 == 0)
                .mapToObj(number -> fleet.agents().get(number).queueLoc())
                .limit(size.plainLines())
                .toList();
        Stream<String> others = IntStream.range(own.size(), size.plainLines())
                .mapToObj(number -> "linux.other-%05d.example.net.%013d".formatted(number, number));
        Stream<String> expressions = IntStream.range(1, EXPRESSIONS)
                .mapToObj(number -> "re:linux\\.group%d-[0-9]{1,5}\\.example\\.net\\.[a-z0-9]{13}".formatted(number));
        Stream<String> last = Stream.of("re:linux\\.bench-[0-9]{5}\\.example\\.net\\.[a-z0-9]{13}");
        return Stream.of(others, own.stream(), expressions, last)
                .flatMap(lines -> lines)
                .toList();
    }

    private void underTest(String name, List<String> whitelist) throws Exception {
        testbed.sql("TRUNCATE agents CASCADE");
        try (RunningScheduler scheduler = testbed.startScheduler(whitelist)) {
            publish(name, Phase.REGISTER, scheduler);
            progress.say("warming up");
            publish(Phase.STEADY.rounds(size));
            Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
            publish(name, Phase.STEADY, scheduler);
            drain(name, scheduler);
        }
        progress.say("%s, whitelist of %s", Phase.DRAIN_AT_ONCE.words, name);
        publish(Phase.DRAIN_AT_ONCE.rounds(size));
        try (RunningScheduler scheduler = testbed.launchScheduler(whitelist)) {
            long start = firstDelivery(scheduler);
            Cpu before = testbed.cpu(scheduler);
            long end = Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
            keep(name, Phase.DRAIN_AT_ONCE, start, end, before, scheduler);
        }
    }

    private void publish(String name, Phase phase, RunningScheduler scheduler) throws Exception {
        progress.say("%s, whitelist of %s", phase.words, name);
        Cpu before = testbed.cpu(scheduler);
        long start = System.nanoTime();
        publish(phase.rounds(size));
        long end = Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
        keep(name, phase, start, end, before, scheduler);
    }

    /** By a scheduler that has worked before, and stood still while the queue became full. */
    private void drain(String name, RunningScheduler scheduler) throws Exception {
        progress.say("%s, whitelist of %s", Phase.DRAIN.words, name);
        scheduler.pause();
        publish(Phase.DRAIN.rounds(size));
        Cpu before = testbed.cpu(scheduler);
        long start = System.nanoTime();
        scheduler.resume();
        long end = Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
        keep(name, Phase.DRAIN, start, end, before, scheduler);
    }

    private void keep(String whitelist, Phase phase, long start, long end, Cpu before, RunningScheduler scheduler)
            throws Exception {
        Run run = new Run(
                messages(phase),
                Stopwatch.seconds(start, end),
                testbed.cpu(scheduler).since(before));
        measured.add(new Measured(whitelist, phase, run, scheduler.memory(), AgentRows.of(fleet, testbed)));
        progress.say("  %,.0f messages/s", run.perSecond());
    }

    private long messages(Phase phase) {
        return (long) phase.rounds(size) * size.agents();
    }

    /** Returns when the broker has all of them. */
    private void publish(int rounds) {
        List<CompletableFuture<Void>> published = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (SimulatedAgent agent : fleet.agents()) {
                published.add(fleet.heartbeat(agent));
            }
        }
        CompletableFuture.allOf(published.toArray(CompletableFuture[]::new)).join();
    }

    /** The scheduler's start does not count. */
    private long firstDelivery(RunningScheduler scheduler) throws Exception {
        try (Connection connection = testbed.connect()) {
            Channel channel = connection.createChannel();
            long all = messages(Phase.DRAIN_AT_ONCE);
            Await.closely("the scheduler to take heartbeats", Duration.ofMinutes(2), () -> {
                scheduler.requireAlive();
                return channel.messageCount(Testbed.HEARTBEATS) < all;
            });
            return System.nanoTime();
        }
    }

    private Run bareBroker(Phase phase) throws Exception {
        long all = messages(phase);
        try (Connection connection = testbed.connect()) {
            if (phase == Phase.DRAIN) {
                publish(phase.rounds(size));
            }
            Cpu before = testbed.cpu();
            long start = System.nanoTime();
            BareConsumer consumer = new BareConsumer(connection, Testbed.HEARTBEATS, all);
            if (phase != Phase.DRAIN) {
                publish(phase.rounds(size));
            }
            long end = consumer.await();
            return new Run(all, Stopwatch.seconds(start, end), testbed.cpu().since(before));
        }
    }

    private Run bareDatabase(Phase phase) throws Exception {
        if (phase == Phase.REGISTER) {
            testbed.sql("TRUNCATE agents CASCADE");
        }
        try (BareDatabase database = new BareDatabase(testbed.schedulersDatabase(), size.databaseBatch())) {
            Cpu before = testbed.cpu();
            long start = System.nanoTime();
            database.register(fleet.agents(), phase.rounds(size));
            long end = System.nanoTime();
            return new Run(
                    messages(phase),
                    Stopwatch.seconds(start, end),
                    testbed.cpu().since(before));
        }
    }

    private static Line line(Measured one, Run broker, Run database) {
        double limit = Math.min(broker.perSecond(), database.perSecond());
        return new Line(
                one.whitelist,
                one.phase.words,
                one.run.messages,
                one.run.seconds,
                one.run.perSecond(),
                broker.perSecond(),
                database.perSecond(),
                limit,
                limit / one.run.perSecond(),
                one.run.cpu.millisPer(one.run.messages),
                one.memory,
                one.rows);
    }
}
