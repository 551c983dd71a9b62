package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;

/** Module {@code file} as agents run it, in a process of its own; it must end before a test does. */
public final class ChildModule {
    private ChildModule() {}

    /** What an agent does with {@code -m}. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            System.exit(ModuleProcess.main(args[0], false));
        }
    }

    /**
     * What a process is started with so that it may not read everything: root loses the capabilities that let it, and is like
     * anybody else. The test is skipped where that cannot be done.
     */
    public static List<String> powerless() {
        boolean root = "root".equals(System.getProperty("user.name"));
        assumeTrue(!root || Files.isExecutable(Path.of("/usr/bin/setpriv")), "root may read everything");
        return root ? List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all") : List.of();
    }

    /** Runs the module once. @param wrapper what the process is started with */
    public static ModuleResult run(List<String> wrapper, String parameters) throws Exception {
        Process process = start(wrapper);
        say(process, "{\"class\":\"parameters\",\"parameters\":" + parameters + "}");
        return answer(process);
    }

    static Process start(List<String> wrapper, String... properties) throws IOException {
        return start(wrapper, Program.class, properties);
    }

    static Process start(List<String> wrapper, Class<?> program, String... properties) throws IOException {
        return builder(wrapper, program, properties).start();
    }

    static ProcessBuilder builder(List<String> wrapper, Class<?> program, String... properties) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xss512k",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:FreqInlineSize=60",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(properties));
        command.addAll(List.of(program.getName(), "file"));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    }

    static void say(Process process, String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    static ModuleResult answer(Process process) throws Exception {
        byte[] document = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        return MigJson.read(document, ModuleResult.class);
    }
}
