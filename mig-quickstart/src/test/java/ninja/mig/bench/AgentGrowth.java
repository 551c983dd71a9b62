package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;

/**
 * What becomes of an agent that gets thousands of commands. Only some of them run a module, which takes a process and half a
 * second; the others name a module that this agent does not have, and go all the same way without it.
 */
final class AgentGrowth {
    private static final int AT_ONCE = 8;
    private static final int LINES = 10;

    /** @param resident MiB after so many commands */
    record Line(int commands, double resident, int threads, int openFiles, double cpuMillisEach) {}

    private final AgentsRelay relay;
    private final int commands;
    private final int runsEvery;
    private final Progress progress;
    private final Semaphore unanswered = new Semaphore(AT_ONCE);

    /** @param runsEvery each so many-th command runs a module */
    AgentGrowth(AgentsRelay relay, int commands, int runsEvery, Progress progress) {
        this.relay = relay;
        this.commands = commands;
        this.runsEvery = runsEvery;
        this.progress = progress;
    }

    List<Line> run(JavaHome java) throws Exception {
        Path runDir = Files.createTempDirectory(relay.directory(), "growth");
        try (RunningAgent first = relay.installation().start(AgentInstallation.Way.LAUNCHER, java.home(), runDir)) {
            relay.awaitHeartbeat(first);
            first.awaitArchive();
        }
        try (RunningAgent agent = relay.installation().start(AgentInstallation.Way.LAUNCHER, java.home(), runDir)) {
            String queueLoc = relay.awaitHeartbeat(agent).queueLoc();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(queueLoc));
            List<Line> lines = new ArrayList<>(List.of(line(agent, 0, 0)));
            double cpu = ownCpu(agent);
            int part = Math.max(1, commands / LINES);
            for (int answered = 1; answered <= commands; answered++) {
                check(relay.awaitAnswer());
                unanswered.release();
                if (answered % part == 0) {
                    double now = ownCpu(agent);
                    lines.add(line(agent, answered, (now - cpu) * 1000 / part));
                    cpu = now;
                    progress.say(
                            "  %,d commands: %.1f MiB",
                            answered, lines.get(lines.size() - 1).resident());
                }
            }
            sending.get();
            return lines;
        }
    }

    private void send(String queueLoc) {
        try {
            for (int id = 1; id <= commands; id++) {
                unanswered.acquire();
                relay.send(queueLoc, id, action(isRun(id)));
            }
        } catch (Exception e) {
            throw new IllegalStateException("commands cannot be sent", e);
        }
    }

    private boolean isRun(long id) {
        return id % runsEvery == 0;
    }

    private Action action(boolean run) throws Exception {
        return relay.signed(new Operation(run ? "file" : "missing", MigJson.tree("{}")));
    }

    private void check(JsonNode answer) throws IOException {
        long id = answer.path("id").longValue();
        String error = answer.path("results").path(0).path("errors").path(0).asText();
        boolean right = isRun(id) ? answer.path("status").asText().equals("success") : error.contains("missing");
        if (!right) {
            throw new IOException("command " + id + " has a wrong answer: " + answer);
        }
    }

    /** Without its modules. */
    private static double ownCpu(RunningAgent agent) throws IOException {
        return agent.tree().rootCpuSeconds();
    }

    private static Line line(RunningAgent agent, int commands, double cpuMillisEach) throws IOException {
        ProcessTree process = agent.tree();
        return new Line(commands, process.residentMiB(), process.threads(), agent.openFiles(), cpuMillisEach);
    }
}
