package ninja.mig.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The lines of a {@link FanoutBench}, for people. */
record FanoutReport(List<FanoutBench.Line> lines) {
    private static final String MARKS = """
            The original on two cores: 4.7 s for one agent, 4.9 s for 100, 8.9 s for 1,000 (3.0 s of scheduler CPU),
            27-95 s for 5,000, never for 10,000.
            """;

    void print(PrintStream out) {
        Table table = new Table(
                "agents",
                "POST to completed s",
                "broker alone s",
                "x broker",
                "each time s",
                "first command s",
                "last command s",
                "CPU s: scheduler",
                "database",
                "broker",
                "RSS MiB",
                "heap MiB");
        for (FanoutBench.Line line : lines) {
            FanoutBench.Run last = line.runs().get(line.runs().size() - 1);
            table.add(
                    "%,d".formatted(line.agents()),
                    "%.3f".formatted(line.seconds()),
                    "%.3f".formatted(line.brokerSeconds()),
                    "%.2f".formatted(line.timesTheBrokersTime()),
                    line.runs().stream()
                            .map(run -> "%.2f".formatted(run.seconds()))
                            .collect(Collectors.joining(" ")),
                    "%.3f".formatted(last.firstCommand()),
                    "%.3f".formatted(last.lastCommand()),
                    "%.2f".formatted(last.cpu().scheduler()),
                    "%.2f".formatted(last.cpu().database()),
                    "%.2f".formatted(last.cpu().broker()),
                    "%.0f".formatted(line.memory().residentPeak()),
                    "%d".formatted(line.memory().heapPeak()));
        }
        table.print(out);
        out.println("Medians; commands and CPU of the last time.\n" + MARKS);
    }

    List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        for (FanoutBench.Line line : lines) {
            for (FanoutBench.Run run : line.runs()) {
                if (!run.isRight(line.agents())) {
                    wrong.add("fan-out to " + line.agents() + " agents: " + run);
                }
            }
        }
        return wrong;
    }
}
