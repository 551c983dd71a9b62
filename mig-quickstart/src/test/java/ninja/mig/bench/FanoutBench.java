package ninja.mig.bench;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.fleet.Counts;
import ninja.mig.fleet.Fleet;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import ninja.mig.platform.testing.Await;

/** How long an action takes from its POST until all agents' results are in and it has landed, and what of it is the broker's. */
final class FanoutBench {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final int WARMING_UP = 10;
    private static final int MOST_WARMING_UP = 1000;
    private static final String WHITELIST = "re:linux\\.fanout-[0-9]{5}\\.example\\.net\\.[a-z0-9]{13}";

    /**
     * One action.
     *
     * @param seconds until it was {@code completed}
     * @param firstCommand seconds until the first agent had its command
     * @param lastCommand seconds until the last one had
     * @param commands different commands that came to agents
     */
    record Run(
            double seconds,
            double firstCommand,
            double lastCommand,
            Cpu cpu,
            String status,
            long commands,
            long duplicates,
            long successes) {
        boolean isRight(int agents) {
            return status.equals("completed") && commands == agents && duplicates == 0 && successes == agents;
        }
    }

    /** @param bareSeconds what the broker alone needed, each time; the medians count */
    record Line(
            int agents,
            double seconds,
            double brokerSeconds,
            double timesTheBrokersTime,
            Memory memory,
            List<Run> runs,
            List<Double> bareSeconds) {}

    private final Testbed testbed;
    private final List<Integer> sizes;
    private final int repeat;
    private final Progress progress;
    private final Arrivals arrivals = new Arrivals();

    /** @param sizes in ascending order: peaks of memory are looked at after each */
    FanoutBench(Testbed testbed, List<Integer> sizes, int repeat, Progress progress) {
        this.testbed = testbed;
        this.sizes = sizes.stream().sorted().toList();
        this.repeat = repeat;
        this.progress = progress;
    }

    List<Line> run() throws Exception {
        int all = sizes.get(sizes.size() - 1);
        progress.say("connecting %,d simulated agents", all);
        try (Fleet fleet = Fleet.start(testbed.agentsLogin(), Fleet.Shape.of("fanout", all), arrivals);
                RunningScheduler scheduler = testbed.startScheduler(List.of(WHITELIST));
                RunningApi api = testbed.startApi();
                BareRelay relay = new BareRelay(testbed, arrivals)) {
            fleet.awaitConnected(LIMIT);
            fleet.heartbeat();
            Settled.await(testbed, scheduler, Testbed.HEARTBEATS);
            progress.say("the first action of all, for 1 agent");
            progress.say("  %.3f s", action(1, fleet, scheduler, api).seconds());
            warmUp(Math.min(MOST_WARMING_UP, all), fleet, scheduler, api);
            List<Line> lines = new ArrayList<>();
            for (int agents : sizes) {
                progress.say("actions for %,d agents", agents);
                List<Run> runs = new ArrayList<>();
                List<Double> bare = new ArrayList<>();
                for (int i = 0; i < repeat; i++) {
                    Run run = action(agents, fleet, scheduler, api);
                    double broker = relay.run(fleet.agents().subList(0, agents));
                    progress.say("  %.3f s, the broker alone %.3f s", run.seconds(), broker);
                    runs.add(run);
                    bare.add(broker);
                }
                lines.add(line(agents, runs, bare, scheduler.memory()));
            }
            return lines;
        }
    }

    /** Machine code is made of what runs often: schedulers run for months. */
    private void warmUp(int agents, Fleet fleet, RunningScheduler scheduler, RunningApi api) throws Exception {
        progress.say("warming up with %d actions for %,d agents", WARMING_UP, agents);
        for (int i = 0; i < WARMING_UP; i++) {
            progress.say("  %.3f s", action(agents, fleet, scheduler, api).seconds());
        }
    }

    private Run action(int agents, Fleet fleet, RunningScheduler scheduler, RunningApi api) throws Exception {
        Action signed = api.signed("name LIKE 'fanout-%%' AND name < 'fanout-%05d'".formatted(agents));
        arrivals.reset();
        Counts before = fleet.counts();
        Cpu cpuBefore = testbed.cpu(scheduler);
        long start = System.nanoTime();
        MigId id = api.post(signed).id();
        Await.closely("the action to land", LIMIT, () -> {
            scheduler.requireAlive();
            return List.of("completed", "invalid").contains(status(id));
        });
        long end = System.nanoTime();
        Cpu cpu = testbed.cpu(scheduler).since(cpuBefore);
        Counts counts = fleet.counts();
        return new Run(
                Stopwatch.seconds(start, end),
                Stopwatch.seconds(start, arrivals.first()),
                Stopwatch.seconds(start, arrivals.last()),
                cpu,
                status(id),
                counts.commands() - before.commands(),
                counts.duplicates() - before.duplicates(),
                successes(id));
    }

    private String status(MigId id) throws SQLException {
        return ask("SELECT status FROM actions WHERE id = ?", id);
    }

    private long successes(MigId id) throws SQLException {
        return Long.parseLong(ask("SELECT count(*) FROM commands WHERE actionid = ? AND status = 'success'", id));
    }

    private String ask(String question, MigId id) throws SQLException {
        try (PreparedStatement statement = testbed.superuser().prepareStatement(question)) {
            statement.setLong(1, id.value());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "no row";
            }
        }
    }

    private static Line line(int agents, List<Run> runs, List<Double> bare, Memory memory) {
        double seconds = Median.of(runs.stream().map(Run::seconds));
        double broker = Median.of(bare.stream());
        return new Line(agents, seconds, broker, seconds / broker, memory, runs, bare);
    }
}
