package ninja.mig.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.fleet.Fleet;
import ninja.mig.json.MigJson;
import ninja.mig.quickstart.Distribution;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench}. */
@Command(
        name = "bench",
        description = {
            "Measures the scheduler against the broker and the database that it runs on, what an agent costs its host, and",
            "searches of files against the programs that people would use, all on this machine.",
            "Times are not judged; wrong results are: agents missing, double or stale, actions that do not land, files",
            "that only one of two found."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured, and every result is right",
            "1:something is wrong or did not start",
            "2:wrong usage"
        })
public final class Main {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "show this and exit")
    private boolean help;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            scope = CommandLine.ScopeType.INHERIT,
            description = "write the results there too")
    private Path json;

    @Option(
            names = "--scheduler-command",
            paramLabel = "COMMAND",
            split = " ",
            scope = CommandLine.ScopeType.INHERIT,
            description = "measure this scheduler, to which '-c <configuration>' is added, and not the one in dist/")
    private List<String> schedulerCommand = List.of();

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            split = " ",
            scope = CommandLine.ScopeType.INHERIT,
            defaultValue = "-Xmx512m -XX:+UseSerialGC",
            description = "for our own scheduler (default: ${DEFAULT-VALUE})")
    private List<String> javaOptions = List.of();

    private final Progress progress = new Progress();
    private final Map<String, Object> results = new LinkedHashMap<>();
    private final List<String> wrong = new ArrayList<>();

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** @return the exit code */
    static int run(String... args) {
        return new CommandLine(new Main()).execute(args);
    }

    @Command(name = "heartbeats", description = "how fast heartbeats get into the database")
    int heartbeats(
            @Option(names = "--agents", defaultValue = "10000", description = "default: ${DEFAULT-VALUE}") int agents,
            @Option(names = "--messages", defaultValue = "100000", description = "default: ${DEFAULT-VALUE}")
                    int messages,
            @Option(
                            names = "--whitelist-lines",
                            defaultValue = "100000",
                            description = "of the long whitelist, besides 50 expressions (default: ${DEFAULT-VALUE})")
                    int lines,
            @Option(
                            names = "--database-batch",
                            defaultValue = "500",
                            description = "heartbeats in one statement when the database is measured alone"
                                    + " (default: ${DEFAULT-VALUE})")
                    int batch)
            throws Exception {
        return finish(() -> measureHeartbeats(new HeartbeatBench.Size(agents, messages, lines, batch)));
    }

    private void measureHeartbeats(HeartbeatBench.Size size) throws Exception {
        try (Testbed testbed = testbed()) {
            HeartbeatReport report = new HeartbeatReport(new HeartbeatBench(testbed, size, progress).run());
            results.put("heartbeats", report.lines());
            report.print(System.out);
            wrong.addAll(report.wrong());
        }
    }

    @Command(name = "fanout", description = "how long an action takes from its POST until it has landed")
    int fanout(
            @Option(
                            names = "--agents",
                            split = ",",
                            defaultValue = "1,100,1000,5000,20000",
                            description = "of each action (default: ${DEFAULT-VALUE})")
                    List<Integer> sizes,
            @Option(names = "--repeat", defaultValue = "3", description = "each action (default: ${DEFAULT-VALUE})")
                    int repeat)
            throws Exception {
        return finish(() -> measureFanout(sizes, repeat));
    }

    private void measureFanout(List<Integer> sizes, int repeat) throws Exception {
        try (Testbed testbed = testbed()) {
            FanoutReport report = new FanoutReport(new FanoutBench(testbed, sizes, repeat, progress).run());
            results.put("fanout", report.lines());
            report.print(System.out);
            wrong.addAll(report.wrong());
        }
    }

    @Command(name = "storm", description = "how soon agents are heard of again after the broker was restarted")
    int storm(
            @Option(names = "--agents", defaultValue = "5000", description = "default: ${DEFAULT-VALUE}") int agents,
            @Option(
                            names = "--agents-per-connection",
                            defaultValue = "1",
                            description = "1 is what real agents do (default: ${DEFAULT-VALUE})")
                    int perConnection)
            throws Exception {
        return finish(() -> measureStorm(new Fleet.Shape("storm", agents, perConnection)));
    }

    private void measureStorm(Fleet.Shape shape) throws Exception {
        try (Testbed testbed = testbed()) {
            StormReport report = new StormReport(new StormBench(testbed, shape, progress).run());
            results.put("storm", report.line());
            report.print(System.out);
            wrong.addAll(report.wrong());
        }
    }

    @Command(name = "agent", description = "what the agent costs its host: starts, idling, thousands of commands")
    int agent(
            @Option(
                            names = "--java",
                            split = ",",
                            paramLabel = "HOME",
                            description = "measure with these Javas (default: the one that runs this)")
                    List<Path> homes,
            @Option(
                            names = "--starts",
                            defaultValue = "9",
                            description = "of an agent and of a module (default: ${DEFAULT-VALUE})")
                    int starts,
            @Option(
                            names = "--idle-agents",
                            defaultValue = "5",
                            description = "of each kind, at the same time (default: ${DEFAULT-VALUE})")
                    int idleAgents,
            @Option(
                            names = "--idle-seconds",
                            defaultValue = "600",
                            description = "how long they idle (default: ${DEFAULT-VALUE})")
                    int idleSeconds,
            @Option(
                            names = "--commands",
                            defaultValue = "10000",
                            description = "for one agent (default: ${DEFAULT-VALUE})")
                    int commands,
            @Option(
                            names = "--runs-every",
                            defaultValue = "10",
                            description = "each so many-th command runs a module (default: ${DEFAULT-VALUE})")
                    int runsEvery)
            throws Exception {
        List<JavaHome> javas = new ArrayList<>();
        for (Path home : homes == null ? List.of(Path.of(System.getProperty("java.home"))) : homes) {
            javas.add(JavaHome.of(home));
        }
        return finish(() -> {
            try (AgentsRelay relay = AgentsRelay.start()) {
                measureAgent(
                        javas,
                        new AgentStarts(relay, starts, progress),
                        new AgentIdle(relay, idleAgents, Duration.ofSeconds(idleSeconds), progress),
                        new AgentGrowth(relay, commands, runsEvery, progress));
            }
        });
    }

    private void measureAgent(List<JavaHome> javas, AgentStarts starts, AgentIdle idle, AgentGrowth growth)
            throws Exception {
        List<AgentStarts.Line> startLines = new ArrayList<>();
        for (JavaHome java : javas) {
            for (AgentInstallation.Way way : AgentInstallation.Way.values()) {
                startLines.add(starts.run(java, way));
            }
        }
        AgentReport report = new AgentReport(startLines, idle.run(javas), growth.run(javas.get(0)));
        results.put("agent", report);
        report.print(System.out);
    }

    @Command(name = "files", description = "how long module file takes beside find, ripgrep and sha256sum")
    int files(
            @Option(
                            names = "--directory",
                            description =
                                    "where the tree of files is, or will be made: some 5 GB (default: target/files)")
                    Optional<Path> directory,
            @Option(names = "--small", defaultValue = "200000", description = "files of 0 to 16 KiB (${DEFAULT-VALUE})")
                    int small,
            @Option(names = "--medium", defaultValue = "2000", description = "files of 1 MiB (${DEFAULT-VALUE})")
                    int medium,
            @Option(names = "--large", defaultValue = "4", description = "large files (${DEFAULT-VALUE})") int large,
            @Option(names = "--large-mib", defaultValue = "256", description = "MiB of each (${DEFAULT-VALUE})")
                    int largeMiB,
            @Option(names = "--repeat", defaultValue = "5", description = "each query (default: ${DEFAULT-VALUE})")
                    int repeat,
            @Option(
                            names = "--processors",
                            description = "that ours may use, as on a host with twice as many "
                                    + "(default: half of those here, as agents do)")
                    Optional<Integer> processors)
            throws Exception {
        Path target = Distribution.find().directory().resolveSibling("target/files");
        FileTree.Size size = new FileTree.Size(small, medium, large, largeMiB);
        return finish(() -> measureFiles(new FilesBench.Settings(directory.orElse(target), size, repeat, processors)));
    }

    private void measureFiles(FilesBench.Settings settings) throws Exception {
        FilesBench bench = new FilesBench(settings, progress);
        bench.run();
        FilesReport report = new FilesReport(bench.lines(), bench.others());
        results.put("files", report.lines());
        results.put("filesOther", report.others());
        report.print(System.out);
        wrong.addAll(report.wrong());
    }

    @Command(name = "memory", description = "how long module memory takes beside grep on a file with the same content")
    int memory(
            @Option(names = "--mib", defaultValue = "1024", description = "that a process holds (${DEFAULT-VALUE})")
                    int mebibytes,
            @Option(names = "--repeat", defaultValue = "5", description = "each query (default: ${DEFAULT-VALUE})")
                    int repeat)
            throws Exception {
        return finish(() -> {
            MemoryReport report =
                    new MemoryReport(new MemoryBench(new MemoryBench.Settings(mebibytes, repeat), progress).run());
            results.put("memory", report.lines());
            report.print(System.out);
            wrong.addAll(report.wrong());
        });
    }

    @Command(name = "all", description = "heartbeats, fanout and storm, one after the other, in their usual sizes")
    int all() throws Exception {
        return finish(() -> {
            measureHeartbeats(new HeartbeatBench.Size(10_000, 100_000, 100_000, 500));
            measureFanout(List.of(1, 100, 1_000, 5_000, 20_000), 3);
            measureStorm(new Fleet.Shape("storm", 5_000, 1));
        });
    }

    private Testbed testbed() throws Exception {
        Testbed testbed = Testbed.start(new SchedulerProgram(schedulerCommand, javaOptions));
        progress.say("%s", testbed.description());
        return testbed;
    }

    private interface Benchmark {
        void run() throws Exception;
    }

    private int finish(Benchmark benchmark) throws Exception {
        benchmark.run();
        results.put("wrong", wrong);
        if (json != null) {
            Files.writeString(json, MigJson.pretty(results) + "\n");
        }
        wrong.forEach(line -> System.out.println("WRONG: " + line));
        return wrong.isEmpty() ? 0 : 1;
    }
}
