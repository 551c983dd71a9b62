package ninja.mig.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import ninja.mig.runtime.Tty;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Where the console's orders come from: a person at a terminal, or a pipe. */
interface Lines extends AutoCloseable {
    /** The next line; nothing at the end of input. */
    Optional<String> next(String prompt) throws IOException;

    @Override
    void close() throws IOException;

    /** Line editing and history at a terminal, plain lines otherwise. */
    static Lines open(List<String> words, Path history) throws IOException {
        if (Tty.STDIN.isTerminal() && Tty.STDOUT.isTerminal()) {
            return new Typed(words, history);
        }
        return new Piped();
    }

    /** Orders from a pipe or a file: no prompt, no history. */
    final class Piped implements Lines {
        private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

        @Override
        public Optional<String> next(String prompt) throws IOException {
            return Optional.ofNullable(in.readLine());
        }

        @Override
        public void close() {
            // Standard input belongs to the process.
        }
    }

    /** Orders from a person. Ctrl-C drops the line, Ctrl-D ends. */
    final class Typed implements Lines {
        private final Terminal terminal;
        private final LineReader reader;

        Typed(List<String> words, Path history) throws IOException {
            terminal = TerminalBuilder.builder().system(true).build();
            reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .completer(new StringsCompleter(words))
                    .variable(LineReader.HISTORY_FILE, history)
                    .build();
        }

        @Override
        public Optional<String> next(String prompt) {
            while (true) {
                try {
                    return Optional.of(reader.readLine(prompt));
                } catch (UserInterruptException e) {
                    continue; // the line is dropped, the console goes on
                } catch (EndOfFileException e) {
                    return Optional.empty();
                }
            }
        }

        @Override
        public void close() throws IOException {
            terminal.close();
        }
    }
}
