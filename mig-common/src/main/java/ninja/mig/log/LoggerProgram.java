package ninja.mig.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The program {@code logger} of util-linux, which writes lines to the socket of this host's syslog: it takes datagrams,
 * which Java does not send to such sockets.
 *
 * @param socket there already
 * @param longest bytes of a line, with its priority, that are not made two messages
 */
record LoggerProgram(Path program, Path socket, int longest) {
    static final List<Path> PLACES = List.of(Path.of("/usr/bin/logger"), Path.of("/bin/logger"));
    static final Path SOCKET = Path.of("/dev/log");

    /** What every release takes. */
    private static final int SHORT = 1000;

    private static final int HELP_SECONDS = 2;

    /** The first of the places where there is one that reads priorities from lines, if there is the socket too. */
    static Optional<LoggerProgram> find(List<Path> places, Path socket) {
        return Files.exists(socket)
                ? places.stream()
                        .filter(Files::isExecutable)
                        .findFirst()
                        .flatMap(program -> known(program, socket, help(program)))
                : Optional.empty();
    }

    private static Optional<LoggerProgram> known(Path program, Path socket, String help) {
        return help.contains("--prio-prefix")
                ? Optional.of(
                        new LoggerProgram(program, socket, help.contains("--size") ? SyslogDestination.LONGEST : SHORT))
                : Optional.empty();
    }

    private static String help(Path program) {
        try {
            Process process = builder(List.of(program.toString(), "--help"))
                    .redirectErrorStream(true)
                    .start();
            try {
                process.getOutputStream().close();
                return process.waitFor(HELP_SECONDS, TimeUnit.SECONDS)
                        ? new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                        : "";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return ""; // as good as missing
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** @param tag before each line */
    Process start(String tag) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), "--prio-prefix", "-t", tag, "-u", socket.toString()));
        if (longest > SHORT) {
            command.addAll(List.of("--size", Integer.toString(longest)));
        }
        return builder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Path.of("/").toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }
}
