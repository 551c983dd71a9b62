package ninja.mig.modules.netstat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** The tables of Linux: a header, then a row in each line. */
final class ProcTables implements Tables {
    /** Where the files of a network are. */
    interface Source {
        /** For messages. */
        Path path(String file);

        InputStream open(String file) throws IOException;
    }

    private final String namespace;
    private final Source source;
    private final RunContext context;
    private final Consumer<String> problems;

    ProcTables(String namespace, Source source, RunContext context, Consumer<String> problems) {
        this.namespace = namespace;
        this.source = source;
        this.context = context;
        this.problems = problems;
    }

    @Override
    public String namespace() {
        return namespace;
    }

    /** The own addresses of the namespace; of the host's interfaces {@link Interfaces} tells. */
    void addresses(Consumer<Ip> each) {
        LocalAddresses local = new LocalAddresses();
        lines("fib_trie", line -> local.ofTrie(line).ifPresent(each));
        lines("if_inet6", line -> LocalAddresses.ofInterface(line).ifPresent(each));
    }

    @Override
    public void neighbours(Consumer<Neighbour> each) {
        read("arp", ProcRow::neighbour, each);
    }

    @Override
    public void sockets(boolean v6, Consumer<Socket> each) {
        for (String protocol : new String[] {"tcp", "udp"}) {
            boolean tcp = protocol.equals("tcp");
            read(v6 ? protocol + "6" : protocol, line -> ProcRow.socket(line, tcp), each);
        }
    }

    /** A header, and rows. */
    private <T> void read(String file, Function<String, Optional<T>> row, Consumer<T> each) {
        long[] lines = new long[2];
        lines(file, line -> {
            Optional<T> parsed = lines[0]++ == 0 ? Optional.empty() : row.apply(line);
            if (parsed.isPresent()) {
                each.accept(parsed.get());
            } else {
                lines[1]++;
            }
        });
        if (lines[1] > 1) {
            problem(file, (lines[1] - 1) + " lines are no rows of this table and were left out");
        }
    }

    private void lines(String file, Consumer<String> each) {
        if (context.mustStop()) {
            return;
        }
        try (InputStream in = source.open(file)) {
            Lines.each(in, context, each);
        } catch (NoSuchFileException e) {
            // A host without IPv6 has no such tables.
            if (!file.endsWith("6")) {
                problem(file, "no such file or directory");
            }
        } catch (IOException e) {
            problem(file, Reason.of(e));
        }
    }

    private void problem(String file, String reason) {
        problems.accept("ERROR: read " + source.path(file) + ": " + reason);
    }
}
