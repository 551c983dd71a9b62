package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ninja.mig.json.MigJson;

/** Runs module {@code file} in processes of its own, with the very command that an agent uses. */
final class FileSearches {
    private final ModuleCommand command;

    private FileSearches(ModuleCommand command) {
        this.command = command;
    }

    static FileSearches prepare(Path directory, Optional<Integer> processors) throws IOException, InterruptedException {
        ModuleCommand command = ModuleCommand.of("file", directory);
        return new FileSearches(processors.map(command::with).orElse(command));
    }

    List<String> command() {
        return command.words();
    }

    /**
     * @param searches conditions by label
     * @return the run and the files that it found, by label
     */
    Found run(Path root, Map<String, String> searches) throws IOException, InterruptedException {
        String members = searches.entrySet().stream()
                .map(search -> "\"%s\":{\"paths\":[%s],%s,\"options\":{\"matchall\":true,\"matchlimit\":100000}}"
                        .formatted(search.getKey(), MigJson.text(root.toString()), search.getValue()))
                .collect(Collectors.joining(","));
        ModuleCommand.Answer answer = command.run(members);
        return new Found(answer.program(), answer.document());
    }

    /** A run and its document. */
    record Found(MeasuredProgram program, JsonNode document) {
        Set<String> files(String label) {
            Set<String> files = new TreeSet<>();
            for (JsonNode entry : document.path("elements").path(label)) {
                files.add(entry.path("file").asText());
            }
            files.remove("");
            return files;
        }

        int filesCount() {
            return document.path("statistics").path("filescount").asInt();
        }

        boolean isWhole() {
            return document.path("success").asBoolean()
                    && document.path("errors").isEmpty();
        }
    }
}
