package ninja.mig.bench;

import java.io.PrintStream;
import java.util.List;

/** The line of a {@link StormBench}, for people. */
record StormReport(StormBench.Line line) {
    void print(PrintStream out) {
        Table table = new Table(
                "agents",
                "on a connection",
                "broker up s",
                "99 % connected s",
                "99 % heard of s",
                "RSS MiB",
                "missing, double, stale");
        table.add(
                "%,d".formatted(line.agents()),
                "%d".formatted(line.agentsPerConnection()),
                "%.1f".formatted(line.brokerUp()),
                "%.1f".formatted(line.connected()),
                "%.1f".formatted(line.heardOf()),
                "%.0f".formatted(line.memory().residentPeak()),
                line.rows().words());
        table.print(out);
        out.println("Since the broker began to stop. The original's scheduler never reconnects.\n");
    }

    List<String> wrong() {
        return line.rows().areRight() ? List.of() : List.of("storm: " + line.rows());
    }
}
