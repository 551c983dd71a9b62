package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** Lets other modules look for files, with searches of module {@code file}. */
public final class FileLookup {
    private final FileParameters searches;

    /**
     * @param parameters of module {@code file}; no file is touched
     * @throws InvalidParametersException without the label of the search, which nobody wrote who reads it
     */
    public FileLookup(JsonNode parameters) throws InvalidParametersException {
        try {
            this.searches = FileParameters.bind(parameters);
        } catch (InvalidParametersException e) {
            throw new InvalidParametersException(e.getMessage().replaceFirst("^search '[^']*': ", ""), e);
        }
    }

    /**
     * What was found.
     *
     * @param files by the label of the search, in the order in which they were met
     * @param limited labels of searches that ended at their limit
     * @param unknown labels of searches with files that could not be read, of which the rest matches
     * @param isComplete whether the run had the time for all
     * @param checked how many files were looked at
     * @param notOpened how many paths could not be opened
     */
    public record Found(
            Map<String, List<Path>> files,
            Set<String> limited,
            Set<String> unknown,
            boolean isComplete,
            List<String> errors,
            long checked,
            long notOpened) {
        /** Files of one search. */
        public List<Path> of(String label) {
            return files.getOrDefault(label, List.of());
        }
    }

    /** Looks for them until all are found or the run must stop. */
    public Found run(RunContext context) {
        RunContext part = context.part();
        Map<String, List<Path>> files = new LinkedHashMap<>();
        Set<String> unknown = new TreeSet<>();
        ModuleResult result = new FileModule()
                .run(
                        searches,
                        part,
                        runs -> runs.forEach(run -> {
                            files.put(run.search().label(), files(run));
                            if (run.hasUnknown()) {
                                unknown.add(run.search().label());
                            }
                        }));
        Set<String> limited = new TreeSet<>();
        result.statistics().path("matchlimited").forEach(label -> limited.add(label.asText()));
        return new Found(
                files,
                limited,
                unknown,
                !part.wasToldToStop(),
                result.errors(),
                result.statistics().path("filescount").asLong(),
                result.statistics().path("openfailed").asLong());
    }

    private static List<Path> files(SearchRun run) {
        return run.matches().stream()
                .flatMap(List::stream)
                .map(SearchRun.Match::file)
                .toList();
    }

    /** A path for people; what is not UTF-8 in it becomes U+FFFD. */
    public static String text(Path file) {
        return Problems.display(file);
    }

    /**
     * Opens a file that was found.
     *
     * @throws IOException if it is none any more; the message is the reason
     */
    public static InputStream open(Path file) throws IOException {
        try {
            mustBeRegular(file);
            InputStream in = open(file, Readers.PATIENCE);
            try {
                mustBeRegular(file); // What was opened may have taken its place since.
                return in;
            } catch (IOException e) {
                in.close();
                throw e;
            }
        } catch (IOException e) {
            throw new IOException(Reason.of(e), e);
        }
    }

    private static void mustBeRegular(Path file) throws IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
            throw new IOException("not a regular file");
        }
    }

    /** In a thread of its own, which is left behind with a pipe that nobody writes to: nothing breaks off its wait. */
    static InputStream open(Path file, Duration patience) throws IOException {
        CompletableFuture<InputStream> opened = new CompletableFuture<>();
        Thread opener = new Thread(() -> open(file, opened), "opening a file");
        opener.setDaemon(true);
        opener.start();
        try {
            return opened.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            opened.cancel(false);
            throw new IOException("timed out", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException("input/output error", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void open(Path file, CompletableFuture<InputStream> opened) {
        try {
            InputStream in = Files.newInputStream(file);
            if (!opened.complete(in)) {
                in.close();
            }
        } catch (IOException | RuntimeException e) {
            opened.completeExceptionally(e);
        }
    }
}
