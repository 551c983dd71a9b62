package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Debian's tinyproxy as a private process, for tests: an HTTP proxy on a loopback port, for this machine alone, that tunnels
 * to every port.
 */
public final class TinyProxy implements AutoCloseable {
    private static final String PROGRAM = "tinyproxy";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 3;

    private final Process process;
    private final int port;

    private TinyProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Whether this machine has the program. */
    public static boolean isInstalled() {
        return Commands.onPath(PROGRAM).isPresent();
    }

    /**
     * Starts one; returns once it listens.
     *
     * @param directory for its configuration and its log
     * @param login {@code user:password} that it demands, in letters and digits; empty if it serves everybody
     * @param outgoing the address that its own connections come from, such as {@code 127.0.0.2}
     */
    public static TinyProxy start(Path directory, Optional<String> login, String outgoing) throws IOException {
        Path program = Commands.onPath(PROGRAM).orElseThrow(() -> new IOException(PROGRAM + " is not installed"));
        Files.createDirectories(directory);
        for (int attempt = 1; ; attempt++) {
            int port = Loopback.freePort();
            Path conf = directory.resolve("tinyproxy.conf");
            Path log = directory.resolve("tinyproxy.log");
            Files.writeString(conf, configuration(port, login, outgoing));
            Process process = new ProcessBuilder(program.toString(), "-d", "-c", conf.toString())
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(log.toFile())
                    .start();
            TinyProxy proxy = new TinyProxy(process, port);
            if (proxy.listensWithin(START_LIMIT)) {
                return proxy;
            }
            proxy.close();
            if (attempt == ATTEMPTS) {
                throw new IOException(PROGRAM + " did not start; its log ends:\n" + LogTail.of(log));
            }
        }
    }

    private static String configuration(int port, Optional<String> login, String outgoing) {
        String common = """
                Port %d
                Listen %s
                Bind %s
                Allow %s
                Timeout 600
                MaxClients 50
                LogLevel Info
                """.formatted(port, Loopback.ADDRESS, outgoing, Loopback.ADDRESS);
        return common
                + login.map(text -> "BasicAuth " + text.replaceFirst(":", " ") + "\n")
                        .orElse("");
    }

    private boolean listensWithin(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            if (Loopback.listens(port)) {
                return process.isAlive();
            }
            Commands.waitFor(process, Duration.ofMillis(20));
        }
        return false;
    }

    public String host() {
        return Loopback.ADDRESS;
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        Commands.killWithDescendants(process);
        process.onExit().join();
    }
}
