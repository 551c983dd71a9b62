package ninja.mig.bench;

import java.io.PrintStream;
import java.util.List;

/** The lines of {@link AgentStarts}, {@link AgentIdle} and {@link AgentGrowth}, for people. */
record AgentReport(List<AgentStarts.Line> starts, List<AgentIdle.Line> idle, List<AgentGrowth.Line> growth) {
    void print(PrintStream out) {
        printStarts(out);
        printIdle(out);
        printGrowth(out);
    }

    private void printStarts(PrintStream out) {
        Table table = new Table(
                "Java, started by", "first heartbeat s", "module process s", "its CPU s", "its highest RSS MiB");
        for (AgentStarts.Line line : starts) {
            table.add(
                    line.java() + ", " + line.way(),
                    "%.2f".formatted(line.heartbeat()),
                    "%.2f".formatted(line.module()),
                    "%.2f".formatted(line.moduleCpu()),
                    "%.0f".formatted(line.moduleResident()));
        }
        table.print(out);
    }

    private void printIdle(PrintStream out) {
        Table table = new Table("Java, started by", "RSS MiB", "each", "PSS MiB", "CPU s an hour", "threads");
        for (AgentIdle.Line line : idle) {
            table.add(
                    line.java() + ", " + line.way(),
                    "%.1f".formatted(line.resident()),
                    String.join(
                            " ",
                            line.residents().stream().map("%.0f"::formatted).toList()),
                    "%.1f".formatted(line.proportional()),
                    "%.1f".formatted(line.cpuPerHour()),
                    "%d".formatted(line.threads()));
        }
        table.print(out);
    }

    private void printGrowth(PrintStream out) {
        Table table = new Table("commands", "RSS MiB", "threads", "open files", "CPU ms a command");
        for (AgentGrowth.Line line : growth) {
            table.add(
                    "%,d".formatted(line.commands()),
                    "%.1f".formatted(line.resident()),
                    "%d".formatted(line.threads()),
                    "%d".formatted(line.openFiles()),
                    line.commands() == 0 ? "" : "%.1f".formatted(line.cpuMillisEach()));
        }
        table.print(out);
    }
}
