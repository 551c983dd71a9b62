package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Names the sources that an agent is built from, and what it is for: the day of the last commit, its number and the
 * environment, {@code 20261128+0a1b2c3.prod}. Windows, whose installers want three numbers, has the day alone,
 * {@code 26.11.28}.
 */
final class SourceVersion {
    private static final int LIMIT_SECONDS = 30;

    private SourceVersion() {}

    /** @return empty if the project does not come from git, or there is no git that tells */
    static Optional<String> of(Path project, BuildTarget target, String environment) throws IOException {
        return target.os().equals("windows")
                ? lastCommit(project, "%y.%m.%d", "%cd", "[0-9]{2}(\\.[0-9]{2}){2}")
                : lastCommit(project, "%Y%m%d", "%cd+%h", "[0-9]{8}\\+[0-9a-f]{7,40}")
                        .map(version -> version + "." + environment);
    }

    private static Optional<String> lastCommit(Path project, String date, String format, String form)
            throws IOException {
        if (!Files.exists(project.resolve(".git"))) {
            return Optional.empty();
        }
        Process git;
        try {
            git = new ProcessBuilder("git", "log", "-1", "--date=format:" + date, "--abbrev=7", "--format=" + format)
                    .directory(project.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty(); // There is no git.
        }
        try {
            git.getOutputStream().close();
            if (!git.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("git did not tell the version of the sources within " + LIMIT_SECONDS + " s");
            }
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return said.matches(form) ? Optional.of(said) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while git told the version of the sources", e);
        } finally {
            git.destroyForcibly();
        }
    }
}
