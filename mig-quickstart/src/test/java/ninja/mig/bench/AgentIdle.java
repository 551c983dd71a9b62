package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Closer;

/** What agents cost that are connected and have nothing to do. */
final class AgentIdle {
    private static final double HOUR = 3600;

    /**
     * Medians.
     *
     * @param resident MiB at the end
     * @param proportional the same, where pages that processes share count by halves, thirds and so on
     * @param cpuPerHour seconds of processor time, from the second tenth of the time to its end
     */
    record Line(
            String java,
            String way,
            double resident,
            double proportional,
            double cpuPerHour,
            int threads,
            List<Double> residents,
            List<Double> cpus) {}

    private record Idler(JavaHome java, AgentInstallation.Way way, RunningAgent agent) {}

    private final AgentsRelay relay;
    private final int agents;
    private final Duration time;
    private final Progress progress;

    /** @param agents of each kind, which all idle at the same time */
    AgentIdle(AgentsRelay relay, int agents, Duration time, Progress progress) {
        this.relay = relay;
        this.agents = agents;
        this.time = time;
        this.progress = progress;
    }

    List<Line> run(List<JavaHome> javas) throws Exception {
        try (Closer closer = new Closer()) {
            List<Idler> idlers = new ArrayList<>();
            for (JavaHome java : javas) {
                for (AgentInstallation.Way way : AgentInstallation.Way.values()) {
                    for (int i = 0; i < agents; i++) {
                        idlers.add(new Idler(java, way, closer.register(start(java, way))));
                    }
                }
            }
            progress.say("%d agents idle for %d s", idlers.size(), time.toSeconds());
            long start = System.nanoTime();
            awaitAge(idlers, start, time.dividedBy(10));
            List<Double> before = cpu(idlers);
            long from = System.nanoTime();
            awaitAge(idlers, start, time);
            List<Double> after = cpu(idlers);
            double hours = Stopwatch.seconds(from, System.nanoTime()) / HOUR;
            List<Line> lines = new ArrayList<>();
            for (int first = 0; first < idlers.size(); first += agents) {
                lines.add(line(
                        idlers.subList(first, first + agents),
                        before.subList(first, first + agents),
                        after.subList(first, first + agents),
                        hours));
            }
            return lines;
        }
    }

    /** A second start, as an agent has it after a reboot. */
    private RunningAgent start(JavaHome java, AgentInstallation.Way way) throws Exception {
        Path runDir = Files.createTempDirectory(relay.directory(), "idle");
        try (RunningAgent first = relay.installation().start(way, java.home(), runDir)) {
            relay.awaitHeartbeat(first);
            if (way == AgentInstallation.Way.LAUNCHER) {
                first.awaitArchive();
            }
        }
        RunningAgent agent = relay.installation().start(way, java.home(), runDir);
        relay.awaitHeartbeat(agent);
        return agent;
    }

    private void awaitAge(List<Idler> idlers, long start, Duration age) throws Exception {
        Await.until("time to pass", time.plusMinutes(1), () -> {
            for (Idler idler : idlers) {
                idler.agent().requireAlive();
            }
            return System.nanoTime() - start >= age.toNanos();
        });
    }

    private static List<Double> cpu(List<Idler> idlers) throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (Idler idler : idlers) {
            seconds.add(idler.agent().tree().cpuSeconds());
        }
        return seconds;
    }

    private static Line line(List<Idler> idlers, List<Double> before, List<Double> after, double hours)
            throws IOException {
        List<Double> residents = new ArrayList<>();
        List<Double> proportionals = new ArrayList<>();
        List<Double> cpus = new ArrayList<>();
        for (int i = 0; i < idlers.size(); i++) {
            ProcessTree process = idlers.get(i).agent().tree();
            residents.add(process.residentMiB());
            proportionals.add(process.proportionalMiB());
            cpus.add((after.get(i) - before.get(i)) / hours);
        }
        Idler one = idlers.get(0);
        return new Line(
                one.java().version(),
                one.way().words(),
                Median.of(residents.stream()),
                Median.of(proportionals.stream()),
                Median.of(cpus.stream()),
                one.agent().tree().threads(),
                residents,
                cpus);
    }
}
