package ninja.mig.bench;

import java.io.PrintStream;
import java.util.List;

/** The lines of a {@link HeartbeatBench}, for people. */
record HeartbeatReport(List<HeartbeatBench.Line> lines) {
    private static final String MARKS = """
            The original on two cores: 1,200-1,600 messages/s with a whitelist of one line, 300-370 with 10,000 lines;
            28-84 % of the rows stale, 12-42 % double; 0.4 ms of scheduler CPU and 0.7 ms of database CPU a message;
            240-310 MiB.
            """;

    void print(PrintStream out) {
        Table table = new Table(
                "whitelist, phase",
                "messages",
                "messages/s",
                "broker alone",
                "database alone",
                "x limit",
                "CPU ms a message: scheduler",
                "database",
                "broker",
                "RSS MiB",
                "heap MiB",
                "missing, double, stale");
        for (HeartbeatBench.Line line : lines) {
            table.add(
                    line.whitelist() + ", " + line.phase(),
                    "%,d".formatted(line.messages()),
                    "%,.0f".formatted(line.perSecond()),
                    "%,.0f".formatted(line.brokerPerSecond()),
                    "%,.0f".formatted(line.databasePerSecond()),
                    "%.2f".formatted(line.timesTheLimitsTime()),
                    "%.3f".formatted(line.cpuMillis().scheduler()),
                    "%.3f".formatted(line.cpuMillis().database()),
                    "%.3f".formatted(line.cpuMillis().broker()),
                    "%.0f".formatted(line.memory().residentPeak()),
                    "%d".formatted(line.memory().heapPeak()),
                    line.rows().words());
        }
        table.print(out);
        out.println(MARKS);
    }

    List<String> wrong() {
        return lines.stream()
                .filter(line -> !line.rows().areRight())
                .map(line -> "heartbeats, " + line.whitelist() + ", " + line.phase() + ": " + line.rows())
                .toList();
    }
}
