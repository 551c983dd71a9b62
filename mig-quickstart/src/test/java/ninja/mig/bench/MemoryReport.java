package ninja.mig.bench;

import java.io.PrintStream;
import java.util.List;

/** The lines of a {@link MemoryBench}, for people. */
record MemoryReport(List<MemoryBench.Line> lines) {
    void print(PrintStream out) {
        Table table = new Table(
                "query",
                "MiB read",
                "ours s",
                "searching s",
                "MiB/s",
                "grep s",
                "ratio",
                "CPU s: ours",
                "grep",
                "peak MiB");
        for (MemoryBench.Line line : lines) {
            table.add(
                    line.query(),
                    "%,.0f".formatted(line.mebibytes()),
                    "%.2f".formatted(line.seconds()),
                    "%.2f".formatted(line.searchSeconds()),
                    "%,.0f".formatted(line.mebibytes() / line.searchSeconds()),
                    number(line.peerSeconds()),
                    number(line.seconds() / line.peerSeconds()),
                    "%.2f".formatted(line.cpuSeconds()),
                    number(line.peerCpuSeconds()),
                    "%.0f".formatted(line.peakMiB()));
        }
        table.print(out);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : "%.2f".formatted(value);
    }

    List<String> wrong() {
        return lines.stream()
                .filter(line -> !line.wrong().isEmpty())
                .map(line -> "memory, " + line.query() + ": " + line.wrong())
                .toList();
    }
}
