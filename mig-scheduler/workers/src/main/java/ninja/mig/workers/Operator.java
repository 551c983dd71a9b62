package ninja.mig.workers;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import ninja.mig.runtime.Routines;

/** The person at the terminal. Lines are read in a thread of their own, so that waiting for one can be interrupted. */
final class Operator implements Confirmation {
    private static final Set<String> YES = Set.of("y", "yes");

    private final PrintStream out;
    private final Consumer<String> fail;
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    private volatile boolean gone;

    /** @param fail told when the terminal is closed */
    Operator(InputStream in, PrintStream out, Consumer<String> fail) {
        this.out = out;
        this.fail = fail;
        Routines.thread("operator", () -> read(new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()))))
                .start();
    }

    private void read(BufferedReader in) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(Optional.of(line));
            }
            end("the terminal is closed");
        } catch (IOException e) {
            end("the terminal cannot be read: " + e.getMessage());
        }
    }

    private void end(String reason) {
        gone = true;
        lines.add(Optional.empty());
        fail.accept(reason);
    }

    /** Only {@code y} and {@code yes} confirm, and only if they are typed after the question is there. */
    @Override
    public boolean confirms(String question) throws IOException, InterruptedException {
        lines.clear();
        if (gone) {
            throw nobody();
        }
        out.print(question + " [y/N] ");
        out.flush();
        String answer = lines.take().orElseThrow(Operator::nobody);
        return YES.contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    private static EOFException nobody() {
        return new EOFException("nobody is there to answer");
    }
}
