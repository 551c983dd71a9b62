package ninja.mig.workers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import ninja.mig.conf.IniFile;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogThrottle;
import ninja.mig.model.RejectedException;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program of the operator's that knows which team an endpoint belongs to. It is asked {@code host:<name>}, then {@code
 * ip:<address>} for each address, and prints {@code {"host":..., "ip":..., "team":...}}. No shell is involved, and what
 * agents say of themselves reaches it as names and addresses only.
 */
final class Vmintgr {
    private static final Logger log = LoggerFactory.getLogger(Vmintgr.class);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");
    private static final String NO_TEAM = "default";
    private static final int MOST_ADDRESSES = 64;
    private static final int MOST_OUTPUT = 64 * 1024;

    private final Path program;
    private final Duration limit;
    private final LogThrottle failures;

    private record Answer(String host, String ip, String team) {}

    /** @param limit time for all questions about one endpoint */
    Vmintgr(Path program, Duration limit, Clock clock) {
        this.program = program;
        this.limit = limit;
        this.failures = new LogThrottle(Duration.ofMinutes(1), clock);
    }

    /** Reads {@code [vmintgr] bin}, which may be left out. */
    static Optional<Path> program(IniFile ini) {
        Optional<Path> program = ini.absolutePath("vmintgr", "bin");
        if (program.isPresent() && !(Files.isRegularFile(program.get()) && Files.isExecutable(program.get()))) {
            ini.problem("vmintgr", "bin", "is '" + program.get() + "', expected a program that can be run");
        }
        return program;
    }

    /** The first team that it names. Empty if it names none, or fails; then no more questions are asked. */
    Optional<String> team(String host, List<String> addresses) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            for (String question : questions(host, addresses)) {
                String team = ask(question, deadline);
                if (!team.isEmpty() && !team.equals(NO_TEAM)) {
                    return Optional.of(team);
                }
            }
        } catch (IOException | RejectedException e) {
            failures.next("")
                    .ifPresent(n -> log.warn("no team from {}: {}{}", program, e.getMessage(), LogThrottle.more(n)));
        }
        return Optional.empty();
    }

    private static List<String> questions(String host, List<String> addresses) {
        List<String> questions = new ArrayList<>();
        if (HOST.matcher(host).matches()) {
            questions.add("host:" + host);
        }
        addresses.stream().limit(MOST_ADDRESSES).map(address -> "ip:" + address).forEach(questions::add);
        return questions;
    }

    private String ask(String question, long deadline) throws IOException, RejectedException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), question)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            byte[] output = output(process).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (output.length > MOST_OUTPUT) {
                throw new IOException("prints more than " + MOST_OUTPUT + " bytes");
            }
            if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw tooSlow();
            }
            if (process.exitValue() != 0) {
                throw new IOException("failed with exit code " + process.exitValue());
            }
            return Optional.ofNullable(MigJson.read(output, Answer.class).team())
                    .orElse("");
        } catch (TimeoutException e) {
            throw tooSlow();
        } catch (ExecutionException e) {
            throw new IOException("gave no answer: " + e.getCause().getMessage(), e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private IOException tooSlow() {
        return new IOException("took longer than " + limit.toSeconds() + " s");
    }

    /** Read in a thread of its own: a program that prints nothing would hold up the reader for ever. */
    private static CompletableFuture<byte[]> output(Process process) {
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Routines.thread("vmintgr", () -> {
                    try (InputStream out = process.getInputStream()) {
                        output.complete(out.readNBytes(MOST_OUTPUT + 1));
                    } catch (IOException e) {
                        output.completeExceptionally(e);
                    }
                })
                .start();
        return output;
    }
}
