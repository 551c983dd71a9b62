package ninja.mig.modules.netstat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** The network namespaces of a Linux host, found by their processes. A namespace without any process is not seen. */
final class Namespaces {
    private static final Pattern LINK = Pattern.compile("net:\\[([0-9]{1,20})]");

    private static final Pattern PID = Pattern.compile("[0-9]{1,18}");

    /** So many of its processes may end before a namespace is read. */
    private static final int PROCESSES = 100;

    private final Path proc;
    private final RunContext context;
    private final Consumer<String> problems;

    Namespaces(Path proc, RunContext context, Consumer<String> problems) {
        this.proc = proc;
        this.context = context;
        this.problems = problems;
    }

    /** The namespace of this process; empty if it is not known. */
    String own() {
        try {
            return number(proc.resolve("self")).orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** Their tables, in the order of their first processes; those of a namespace are opened when they are read. */
    List<ProcTables> tables() {
        Map<String, List<Path>> processes = new LinkedHashMap<>();
        long closed = 0;
        for (long pid : pids()) {
            if (context.mustStop()) {
                break;
            }
            Path process = proc.resolve(Long.toString(pid));
            try {
                number(process)
                        .map(number -> processes.computeIfAbsent(number, n -> new ArrayList<>(1)))
                        .filter(known -> known.size() < PROCESSES)
                        .ifPresent(known -> known.add(process));
            } catch (IOException e) {
                closed++;
            }
        }
        if (closed > 0) {
            problems.accept("warning: the namespaces of " + closed
                    + " processes are not known: permission denied; what is only there was not seen");
        }
        List<ProcTables> tables = new ArrayList<>(processes.size());
        processes.forEach((number, members) ->
                tables.add(new ProcTables(number, new OfProcesses(number, members), context, problems)));
        return tables;
    }

    private long[] pids() {
        LongStream.Builder pids = LongStream.builder();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (PID.matcher(name).matches()) {
                    pids.add(Long.parseLong(name));
                }
            }
        } catch (IOException e) {
            problems.accept("ERROR: list " + proc + ": " + Reason.of(e));
        }
        return pids.build().sorted().toArray();
    }

    /**
     * @return the number of a process's namespace; nothing if the process has ended
     * @throws AccessDeniedException if this process may not know
     */
    private static Optional<String> number(Path process) throws IOException {
        try {
            Matcher link = LINK.matcher(
                    Files.readSymbolicLink(process.resolve("ns/net")).toString());
            return link.matches() ? Optional.of(link.group(1)) : Optional.empty();
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The files of a namespace, seen by the first of its processes that lives and is still in it. */
    private record OfProcesses(String number, List<Path> processes) implements ProcTables.Source {
        @Override
        public Path path(String file) {
            return processes.get(0).resolve("net").resolve(file);
        }

        @Override
        public InputStream open(String file) throws IOException {
            IOException failure = new IOException("the processes of namespace " + number + " have ended");
            for (Path process : processes) {
                try {
                    InputStream in = Files.newInputStream(process.resolve("net").resolve(file));
                    boolean right = false;
                    try {
                        // Numbers are given again: only a process that is in the namespace now was in it at the
                        // opening.
                        right = isIn(process);
                    } finally {
                        if (!right) {
                            in.close();
                        }
                    }
                    if (right) {
                        return in;
                    }
                } catch (NoSuchFileException e) {
                    if (isIn(process)) {
                        throw e;
                    }
                } catch (IOException e) {
                    failure = e;
                }
            }
            throw failure;
        }

        private boolean isIn(Path process) throws IOException {
            return Namespaces.number(process).filter(number::equals).isPresent();
        }
    }
}
