package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.quickstart.Distribution;

/**
 * The very command with which an agent starts a module.
 *
 * @param directory where it runs
 */
record ModuleCommand(List<String> words, Path directory) {
    /** Makes the agent's archive of classes, and asks the agent how it starts the module. */
    static ModuleCommand of(String module, Path directory) throws IOException, InterruptedException {
        Path agent = Distribution.find().directory().resolve("mig-agent");
        Path runDir = Files.createDirectories(directory.resolve("run"));
        List<String> line = List.of(agent.toString(), "-m", module, "--module-command");
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(Map.of("MIG_RUNDIR", runDir.toString(), "MIG_JAVA_HOME", System.getProperty("java.home")));
        Process process = builder.start();
        List<String> words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", line) + " ended with status " + process.exitValue());
        }
        return new ModuleCommand(words, directory);
    }

    /** The same where a module may use so many processors. */
    ModuleCommand with(int processors) {
        String flag = "-XX:ActiveProcessorCount=";
        return new ModuleCommand(
                words.stream()
                        .map(word -> word.startsWith(flag) ? flag + processors : word)
                        .toList(),
                directory);
    }

    /** A run and its document. */
    record Answer(MeasuredProgram program, JsonNode document) {}

    /** @param searches members of the parameter {@code searches}, in JSON */
    Answer run(String searches) throws IOException, InterruptedException {
        MeasuredProgram program = MeasuredProgram.run(
                words, "{\"class\":\"parameters\",\"parameters\":{\"searches\":{" + searches + "}}}\n", directory);
        try {
            return new Answer(program, MigJson.tree(program.output()));
        } catch (MalformedJsonException e) {
            throw new IOException("the module gave no document: " + e.getMessage(), e);
        }
    }
}
