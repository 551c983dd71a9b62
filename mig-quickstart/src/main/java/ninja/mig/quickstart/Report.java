package ninja.mig.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import ninja.mig.client.Colours;

/** What the quickstart tells the person who started it. */
final class Report {
    private static final int LABEL = 13;

    private final PrintStream out;
    private final Colours colours;
    private final long started = System.nanoTime();

    Report(PrintStream out, Colours colours) {
        this.out = out;
        this.colours = colours;
    }

    void heading(String text) {
        out.println();
        out.println(colours.bold(text));
    }

    /** One part of the platform is up. */
    void part(String label, String text) {
        out.println("  " + colours.green(("%-" + LABEL + "s").formatted(label)) + text + "   (" + elapsed() + ")");
        out.flush();
    }

    void lines(List<String> lines) {
        lines.forEach(line -> out.println("  " + line));
        out.flush();
    }

    /** A line of an agent's answer: the agent's name, what it found, the details. */
    void result(String line) {
        int name = line.indexOf(' ');
        int details = line.indexOf(" [", name);
        if (name < 0 || details < 0) {
            out.println("  " + line);
        } else {
            out.println("  " + colours.green(line.substring(0, name)) + colours.bold(line.substring(name, details))
                    + line.substring(details));
        }
    }

    /** A command to paste, with what it does. */
    void command(String what, String command) {
        out.println();
        out.println("  # " + what);
        out.println("  " + colours.yellow(command));
    }

    void text(String text) {
        out.println(text);
        out.flush();
    }

    /** Since the start, as {@code 12.3 s}. */
    String elapsed() {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
        return String.format(Locale.ROOT, "%.1f s", elapsed.toMillis() / 1000.0);
    }
}
