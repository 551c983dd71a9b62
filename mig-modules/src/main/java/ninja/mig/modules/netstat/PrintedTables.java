package ninja.mig.modules.netstat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import ninja.mig.modules.RunContext;

/** The tables of a system whose programs print them. */
final class PrintedTables implements Tables {
    private final Dialect dialect;
    private final RunContext context;
    private final Consumer<String> problems;

    PrintedTables(Dialect dialect, RunContext context, Consumer<String> problems) {
        this.dialect = dialect;
        this.context = context;
        this.problems = problems;
    }

    @Override
    public String namespace() {
        return "";
    }

    @Override
    public void neighbours(Consumer<Neighbour> each) {
        read(dialect.neighbours(), dialect::neighbour, each);
    }

    @Override
    public void sockets(boolean v6, Consumer<Socket> each) {
        dialect.sockets(v6).forEach(command -> read(command, dialect::socket, each));
    }

    private <T> void read(List<String> command, Function<String, Optional<T>> row, Consumer<T> each) {
        if (context.mustStop()) {
            return;
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream out = process.getInputStream()) {
                process.getOutputStream().close();
                Lines.each(out, context, line -> row.apply(line).ifPresent(each));
                if (!context.mustStop() && process.waitFor() != 0) {
                    problem(command, "ended with status " + process.exitValue());
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            problem(command, "could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem(command, "was interrupted");
        }
    }

    private void problem(List<String> command, String what) {
        problems.accept("ERROR: " + String.join(" ", command) + " " + what);
    }
}
