package ninja.mig.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.pgp.SigningException;
import ninja.mig.runtime.Tty;

/** Runs GnuPG as a child process: agents, pinentry and smart cards work, and no private key enters this process. */
final class Gpg {
    /** A person may have to find a card and type a passphrase. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String program;
    private final Path home;

    Gpg(String program, Path home) {
        this.program = program;
        this.home = home;
    }

    /** What GnuPG answered. */
    record Answer(int exit, byte[] output, String messages) {
        String text() {
            return new String(output, StandardCharsets.UTF_8);
        }
    }

    Path home() {
        return home;
    }

    /** Whether the program can be run at all. */
    boolean isInstalled() {
        try {
            return run(List.of("--version"), new byte[0]).exit() == 0;
        } catch (SigningException e) {
            return false;
        }
    }

    /**
     * Runs GnuPG in batch mode.
     *
     * @param input what it reads on standard input; never a passphrase
     * @throws SigningException if it cannot be started or takes longer than a person would
     */
    Answer run(List<String> arguments, byte[] input) throws SigningException {
        List<String> command = new ArrayList<>(List.of(program, "--homedir", home.toString(), "--batch"));
        boolean interactive = Tty.STDIN.isTerminal();
        if (!interactive) {
            command.add("--no-tty");
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        if (interactive) {
            terminal(builder);
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new SigningException("cannot run " + program + ": " + e.getMessage(), e);
        }
        CompletableFuture<byte[]> output = drained(process.getInputStream());
        CompletableFuture<byte[]> messages = drained(process.getErrorStream());
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                // It ended before it read everything: its exit code and messages say why.
            }
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new SigningException(program + " did not answer within " + PATIENCE.toSeconds() + " seconds");
            }
            return new Answer(process.exitValue(), output.join(), new String(messages.join(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SigningException("interrupted while " + program + " was running", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Pinentry for terminals asks on the terminal that this variable names. */
    private static void terminal(ProcessBuilder builder) {
        try {
            builder.environment()
                    .putIfAbsent(
                            "GPG_TTY",
                            Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString());
        } catch (IOException | UnsupportedOperationException e) {
            builder.environment().putIfAbsent("GPG_TTY", "/dev/tty");
        }
    }

    private static CompletableFuture<byte[]> drained(InputStream stream) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
