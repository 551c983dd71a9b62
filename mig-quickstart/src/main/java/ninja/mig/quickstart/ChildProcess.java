package ninja.mig.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Runs a program to its end. */
final class ChildProcess {
    private ChildProcess() {}

    /** @return what it printed, on both streams */
    static String succeed(Path directory, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().join();
        if (process.exitValue() != 0) {
            throw new IOException("'" + String.join(" ", command) + "' failed with status " + process.exitValue() + ": "
                    + output.strip());
        }
        return output;
    }
}
