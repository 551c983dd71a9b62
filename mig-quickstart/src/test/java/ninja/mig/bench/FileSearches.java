package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.quickstart.Distribution;

/** Runs module {@code file} in processes of its own, with the very command that an agent uses. */
final class FileSearches {
    private final List<String> command;
    private final Path directory;

    private FileSearches(List<String> command, Path directory) {
        this.command = command;
        this.directory = directory;
    }

    /** Makes the agent's archive of classes, and asks the agent how it starts the module. */
    static FileSearches prepare(Path directory) throws IOException, InterruptedException {
        Path agent = Distribution.find().directory().resolve("mig-agent");
        Path runDir = Files.createDirectories(directory.resolve("run"));
        List<String> command = output(agent, runDir, "-m", "file", "--module-command");
        return new FileSearches(command, directory);
    }

    private static List<String> output(Path agent, Path runDir, String... arguments)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(agent.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of("MIG_RUNDIR", runDir.toString(), "MIG_JAVA_HOME", System.getProperty("java.home")));
        Process process = builder.start();
        List<String> output = new String(
                        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", line) + " ended with status " + process.exitValue());
        }
        return output;
    }

    List<String> command() {
        return command;
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
        MeasuredProgram program = MeasuredProgram.run(
                command, "{\"class\":\"parameters\",\"parameters\":{\"searches\":{" + members + "}}}\n", directory);
        try {
            return new Found(program, MigJson.tree(program.output()));
        } catch (MalformedJsonException e) {
            throw new IOException("the module gave no document: " + e.getMessage(), e);
        }
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
