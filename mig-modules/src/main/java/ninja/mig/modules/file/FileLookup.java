package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;

/** Lets other modules look for files, with searches of module {@code file}. */
public final class FileLookup {
    private final FileParameters searches;

    /** @param parameters of module {@code file}; no file is touched */
    public FileLookup(JsonNode parameters) throws InvalidParametersException {
        this.searches = FileParameters.bind(parameters);
    }

    /**
     * What was found.
     *
     * @param files by the label of the search, in the order in which they were met
     * @param limited labels of searches that ended at their limit
     * @param isComplete whether the run had the time for all
     * @param checked how many files were looked at
     * @param notOpened how many paths could not be opened
     */
    public record Found(
            Map<String, List<String>> files,
            Set<String> limited,
            boolean isComplete,
            List<String> errors,
            long checked,
            long notOpened) {
        /** Files of one search. */
        public List<String> of(String label) {
            return files.getOrDefault(label, List.of());
        }
    }

    /** Looks for them until all are found or the run must stop. */
    public Found run(RunContext context) {
        RunContext part = context.part();
        ModuleResult result = new FileModule().run(searches, part);
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (FileFinding finding : FileFinding.of(result)) {
            if (finding.isFound()) {
                files.computeIfAbsent(finding.label(), label -> new ArrayList<>())
                        .add(finding.file());
            }
        }
        Set<String> limited = new TreeSet<>();
        result.statistics().path("matchlimited").forEach(label -> limited.add(label.asText()));
        return new Found(
                files,
                limited,
                !part.wasToldToStop(),
                result.errors(),
                result.statistics().path("filescount").asLong(),
                result.statistics().path("openfailed").asLong());
    }

    /**
     * Opens a file that was found. One whose name is not UTF-8 is not found again by its text.
     *
     * @throws IOException if it is none any more; the message is the reason
     */
    public static InputStream open(String file) throws IOException {
        try {
            Path path = Path.of(file);
            // A pipe would be waited for.
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new IOException("not a regular file");
            }
            return Files.newInputStream(path);
        } catch (IOException e) {
            throw new IOException(Problems.reason(e), e);
        } catch (InvalidPathException e) {
            throw new IOException("a name that is no text of this system", e);
        }
    }
}
