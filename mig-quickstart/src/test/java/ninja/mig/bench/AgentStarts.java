package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.Operation;
import ninja.mig.platform.testing.Await;

/** What a start costs: of an agent, and of a module's process that has nothing to do. */
final class AgentStarts {
    private static final byte[] NOTHING_TO_DO =
            "{\"class\":\"parameters\",\"parameters\":{}}\n".getBytes(StandardCharsets.UTF_8);

    /**
     * Medians.
     *
     * @param heartbeat seconds from the start of the process until the relay had its first heartbeat
     * @param module seconds from the start of a module's process until its end; 0 if it was not measured
     * @param moduleCpu seconds of processor time of that process
     * @param moduleResident its highest resident memory in MiB
     */
    record Line(
            String java,
            String way,
            double heartbeat,
            double module,
            double moduleCpu,
            double moduleResident,
            List<Double> heartbeats,
            List<Double> modules) {}

    private record ModuleRun(double seconds, double cpu, double resident) {}

    private final AgentsRelay relay;
    private final int repeat;
    private final Progress progress;

    AgentStarts(AgentsRelay relay, int repeat, Progress progress) {
        this.relay = relay;
        this.repeat = repeat;
        this.progress = progress;
    }

    Line run(JavaHome java, AgentInstallation.Way way) throws Exception {
        Path runDir = Files.createTempDirectory(relay.directory(), "starts");
        List<String> module = prepare(java, way, runDir);
        List<Double> heartbeats = new ArrayList<>();
        List<ModuleRun> modules = new ArrayList<>();
        for (int i = 0; i < repeat; i++) {
            try (RunningAgent agent = relay.installation().start(way, java.home(), runDir)) {
                heartbeats.add(Stopwatch.seconds(
                        agent.started(), relay.awaitHeartbeat(agent).at()));
            }
            modules.add(module(java, module));
            progress.say(
                    "  Java %s, %s: first heartbeat after %.2f s, module %.2f s",
                    java.version(),
                    way.words(),
                    heartbeats.get(i),
                    modules.get(i).seconds());
        }
        return new Line(
                java.version(),
                way.words(),
                Median.of(heartbeats.stream()),
                Median.of(modules.stream().map(ModuleRun::seconds)),
                Median.of(modules.stream().map(ModuleRun::cpu)),
                Median.of(modules.stream().map(ModuleRun::resident)),
                heartbeats,
                modules.stream().map(ModuleRun::seconds).toList());
    }

    /** The first start, which makes the archive of classes. @return how the agent runs its modules */
    private List<String> prepare(JavaHome java, AgentInstallation.Way way, Path runDir) throws Exception {
        try (RunningAgent agent = relay.installation().start(way, java.home(), runDir)) {
            String queueLoc = relay.awaitHeartbeat(agent).queueLoc();
            if (way == AgentInstallation.Way.LAUNCHER) {
                agent.awaitArchive();
            }
            relay.send(queueLoc, 1, relay.signed(new Operation("file", MigJson.tree("{}"))));
            List<String> command = agent.awaitModuleCommand();
            JsonNode answer = relay.awaitAnswer();
            if (!answer.path("status").asText().equals("success")) {
                throw new IOException("the module does not run: " + answer);
            }
            return command;
        }
    }

    /** Once for its time, and once with somebody who looks at it all the time. */
    private ModuleRun module(JavaHome java, List<String> arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(java.home().resolve("bin/java").toString()));
        command.addAll(arguments);
        long start = System.nanoTime();
        Process timed = start(command);
        timed.waitFor();
        double seconds = Stopwatch.seconds(start, System.nanoTime());
        check(timed);
        Process watched = start(command);
        ProcessTree tree = new ProcessTree(watched.pid());
        double[] most = new double[2];
        Await.closely("the module to end", Duration.ofMinutes(1), () -> {
            most[0] = Math.max(most[0], tree.rootCpuSeconds());
            most[1] = Math.max(most[1], tree.peakResidentMiB());
            return !watched.isAlive();
        });
        check(watched);
        return new ModuleRun(seconds, most[0], most[1]);
    }

    private static Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(NOTHING_TO_DO);
        }
        return process;
    }

    private static void check(Process process) throws IOException {
        String result = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.exitValue() != 0 || !result.contains("\"success\":true")) {
            throw new IOException("the module ended with status " + process.exitValue() + ": " + result);
        }
    }
}
