package ninja.mig.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.pgp.Fingerprint;

/** The GnuPG of this machine, in a home directory of our own. */
record GnuPg(Path program, Path home) {
    private static final long LIMIT_SECONDS = 60;

    static Optional<Path> installed() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "gpg").toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The fingerprint of the first secret key, if there is one. */
    Optional<Fingerprint> secretKey() throws IOException {
        return run("--with-colons", "--list-secret-keys")
                .lines()
                .map(line -> line.split(":"))
                .filter(fields -> fields[0].equals("fpr") && fields.length > 9)
                .map(fields -> Fingerprint.parse(fields[9]))
                .findFirst();
    }

    /** Makes a signing key without a passphrase. That it did not succeed shows in {@link #secretKey}. */
    void generate(String userId) throws IOException {
        run("--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", userId, "ed25519", "sign", "1y");
    }

    String export(Fingerprint key) throws IOException {
        return run("--armor", "--export", key.hex());
    }

    /** Ends the agent that GnuPG left behind in a home: it would outlive it. */
    static void forget(Path home) throws IOException {
        Optional<Path> program = installed();
        if (program.isPresent() && Files.isDirectory(home)) {
            Path gpgconf = program.get().resolveSibling("gpgconf");
            if (Files.isExecutable(gpgconf)) {
                run(List.of(gpgconf.toString(), "--homedir", home.toString(), "--kill", "all"));
            }
        }
    }

    private String run(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--homedir", home.toString(), "--batch", "--no-tty"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("'" + command.get(0) + "' did not end within " + LIMIT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while GnuPG worked", e);
        }
        return output;
    }
}
