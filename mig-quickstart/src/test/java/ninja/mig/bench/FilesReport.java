package ninja.mig.bench;

import java.io.PrintStream;
import java.util.List;

/** The lines of a {@link FilesBench}, for people. */
record FilesReport(List<FilesBench.Line> lines, List<FilesBench.Other> others) {
    void print(PrintStream out) {
        Table table = new Table(
                "query",
                "found",
                "peer",
                "ours s",
                "peer s",
                "ratio",
                "goal",
                "CPU s: ours",
                "peer",
                "MiB: ours",
                "peer");
        for (FilesBench.Line line : lines) {
            table.add(
                    line.query(),
                    "%,d".formatted(line.found()),
                    line.peerName().isEmpty() ? "not installed" : line.peerName(),
                    "%.2f".formatted(line.seconds()),
                    number("%.2f", line.peerSeconds()),
                    number("%.2f", line.ratio()),
                    "%.1f".formatted(line.goal()),
                    "%.2f".formatted(line.cpuSeconds()),
                    number("%.2f", line.peerCpuSeconds()),
                    "%.0f".formatted(line.peakMiB()),
                    number("%.0f", line.peerPeakMiB()));
        }
        table.print(out);
        Table rest = new Table("", "s", "CPU s", "MiB");
        for (FilesBench.Other other : others) {
            rest.add(
                    other.what(),
                    "%.2f".formatted(other.seconds()),
                    "%.2f".formatted(other.cpuSeconds()),
                    "%.0f".formatted(other.peakMiB()));
        }
        rest.print(out);
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : format.formatted(value);
    }

    List<String> wrong() {
        return lines.stream()
                .filter(line -> !line.wrong().isEmpty())
                .map(line -> "files, " + line.query() + ": " + line.wrong())
                .toList();
    }
}
