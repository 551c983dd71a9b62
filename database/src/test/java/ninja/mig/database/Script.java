package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;

/** A copy of one of the create scripts, in a folder of its own with the schema beside it, where it may be edited. */
record Script(Path file, Path home) {
    record Outcome(int exit, String output) {}

    static Script copy(String name, Path folder) throws IOException {
        assumeTrue(
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(dir -> Files.isExecutable(Path.of(dir, "psql"))),
                "NOT RUN, needs psql: apt-get install postgresql-client");
        Files.copy(Path.of("schema.sql"), folder.resolve("schema.sql"));
        Files.copy(Path.of(name), folder.resolve(name));
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.writeString(home.resolve(".pgpass"), "precious");
        return new Script(folder.resolve(name), home);
    }

    void edit(String variable, Object value) throws IOException {
        String text = Files.readString(file);
        String edited =
                text.replaceFirst("(?m)^" + variable + "=.*$", Matcher.quoteReplacement(variable + "='" + value + "'"));
        assertNotEquals(text, edited, variable);
        Files.writeString(file, edited);
    }

    Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", file.toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(home, "output", null);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "took longer than a minute");
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    /** Nothing in the user's home was changed. */
    boolean leftPasswordsAlone() throws IOException {
        return Files.readString(home.resolve(".pgpass")).equals("precious");
    }
}
