package ninja.mig.modules.netstat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import ninja.mig.modules.HostProgram;
import ninja.mig.modules.RunContext;

/** The tables of a system whose programs print them. */
final class PrintedTables implements Tables {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Dialect dialect;
    private final RunContext context;
    private final Consumer<String> problems;
    private final Duration limit;

    PrintedTables(Dialect dialect, RunContext context, Consumer<String> problems) {
        this(dialect, context, problems, LIMIT);
    }

    /** @param limit for each program */
    PrintedTables(Dialect dialect, RunContext context, Consumer<String> problems, Duration limit) {
        this.dialect = dialect;
        this.context = context;
        this.problems = problems;
        this.limit = limit;
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
        if (!context.mustStop()) {
            HostProgram program = new HostProgram(Path.of(command.get(0)), command.subList(1, command.size()), limit);
            program.run(context, line -> row.apply(withoutReturn(line)).ifPresent(each))
                    .ifPresent(problems);
        }
    }

    /** Windows ends lines by two characters. */
    private static String withoutReturn(String line) {
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
