package ninja.mig.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * A PostgreSQL server of our own, run by the machine's programs or by embedded ones: on loopback, with password logins,
 * everything it writes below one directory. Started by root it runs as user {@code postgres} or {@code nobody}.
 */
final class PrivatePostgres implements PostgresServer {
    private static final String SUPERUSER = "postgres";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int ATTEMPTS = 3;

    private final PostgresPrograms programs;
    private final UnprivilegedUser user;
    private final Path directory;
    private final Durability durability;
    private final String password;
    private int port;
    private boolean running;

    private PrivatePostgres(
            PostgresPrograms programs, UnprivilegedUser user, Path directory, Durability durability, String password) {
        this.programs = programs;
        this.user = user;
        this.directory = directory;
        this.durability = durability;
        this.password = password;
    }

    /** @see Servers#postgres */
    static PrivatePostgres start(Path where, Durability durability, boolean embeddedOnly) throws IOException {
        Path directory = PrivateDirectory.createBelow(where.toAbsolutePath());
        UnprivilegedUser user = UnprivilegedUser.find();
        user.take(directory);
        user.requireAccess(directory);
        PostgresPrograms programs = choosePrograms(directory, embeddedOnly);
        Path passwordFile = directory.resolve("superuser-password");
        if (Files.notExists(directory.resolve("initialized"))) {
            initialize(programs, user, directory, passwordFile, durability);
        } else if (runsIn(directory, programs, user)) {
            // Left by a run that was killed. Nobody else's: the directory is ours.
            stopIn(directory, programs, user, "fast");
        }
        PrivatePostgres server = new PrivatePostgres(
                programs,
                user,
                directory,
                durability,
                Files.readString(passwordFile).strip());
        server.startOnFreePort();
        return server;
    }

    private static PostgresPrograms choosePrograms(Path directory, boolean embeddedOnly) throws IOException {
        List<PostgresPrograms> candidates = embeddedOnly ? List.of() : PostgresPrograms.installed();
        Path versionFile = directory.resolve("data/PG_VERSION");
        if (Files.notExists(versionFile)) {
            return candidates.isEmpty() ? embedded(directory) : candidates.get(0);
        }
        String version = Files.readString(versionFile).strip();
        Optional<PostgresPrograms> fitting = candidates.stream()
                .filter(programs -> version.equals(String.valueOf(programs.major())))
                .findFirst();
        if (fitting.isPresent()) {
            return fitting.get();
        }
        PostgresPrograms embedded = embedded(directory);
        if (!version.equals(String.valueOf(embedded.major()))) {
            throw new IOException("the data in " + directory + " are those of PostgreSQL " + version
                    + ", which this machine no longer has: install it again, or start with an empty directory");
        }
        return embedded;
    }

    private static PostgresPrograms embedded(Path directory) throws IOException {
        return PostgresPrograms.embedded(directory.resolve("server"));
    }

    private static void initialize(
            PostgresPrograms programs, UnprivilegedUser user, Path directory, Path passwordFile, Durability durability)
            throws IOException {
        Path data = directory.resolve("data");
        PrivateDirectory.delete(data);
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        PrivateDirectory.writeSecret(passwordFile, HexFormat.of().formatHex(random) + "\n");
        user.take(passwordFile);
        List<String> command = new ArrayList<>(List.of(
                programs.program("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                SUPERUSER,
                "--pwfile=" + passwordFile,
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--no-locale"));
        if (durability == Durability.FAST) {
            command.add("--no-sync");
        }
        Commands.succeed(directory, LIMIT, user.command(command));
        Files.createFile(directory.resolve("initialized"));
    }

    private void startOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = Loopback.freePort();
            try {
                start();
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS || Loopback.isFree(port)) {
                    throw e;
                }
            }
        }
    }

    @Override
    public synchronized void start() throws IOException {
        if (running) {
            return;
        }
        Path log = directory.resolve("postgres.log");
        Commands.Ended ended = control(
                directory,
                programs,
                user,
                List.of(
                        "-w",
                        "-t",
                        String.valueOf(LIMIT.toSeconds() - 10),
                        "-l",
                        log.toString(),
                        "-o",
                        options(),
                        "start"));
        if (ended.status() != 0) {
            throw new IOException("PostgreSQL did not start: " + ended.output() + "\n" + LogTail.of(log));
        }
        running = true;
        requireLogin();
    }

    /** Nothing in here needs quoting for the shell of {@code pg_ctl}. */
    private String options() {
        String common = "-p " + port + " -c listen_addresses=" + Loopback.ADDRESS
                + " -c unix_socket_directories= -c max_connections=200";
        // Commits stay synchronous: what a client was told is committed must survive a crash of the server.
        return durability == Durability.FAST ? common + " -c fsync=off -c full_page_writes=off" : common;
    }

    private void requireLogin() throws IOException {
        Properties login = new Properties();
        login.put("user", SUPERUSER);
        login.put("password", password);
        try (Connection connection = DriverManager.getConnection(jdbcUrl("postgres"), login)) {
            connection.isValid((int) LIMIT.toSeconds());
        } catch (SQLException e) {
            throw new IOException("cannot log in to the PostgreSQL just started: " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() throws IOException {
        stop("fast");
    }

    @Override
    public void crash() throws IOException {
        stop("immediate");
    }

    private synchronized void stop(String mode) throws IOException {
        if (running) {
            stopIn(directory, programs, user, mode);
            running = false;
        }
    }

    private static void stopIn(Path directory, PostgresPrograms programs, UnprivilegedUser user, String mode)
            throws IOException {
        Commands.Ended ended = control(directory, programs, user, List.of("-w", "-m", mode, "stop"));
        if (ended.status() != 0 && runsIn(directory, programs, user)) {
            throw new IOException("PostgreSQL did not stop: " + ended.output());
        }
    }

    private static boolean runsIn(Path directory, PostgresPrograms programs, UnprivilegedUser user) throws IOException {
        return control(directory, programs, user, List.of("status")).status() == 0;
    }

    private static Commands.Ended control(
            Path directory, PostgresPrograms programs, UnprivilegedUser user, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                programs.program("pg_ctl").toString(),
                "-D",
                directory.resolve("data").toString()));
        command.addAll(arguments);
        return Commands.run(directory, LIMIT, user.command(command));
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    @Override
    public String host() {
        return Loopback.ADDRESS;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String superuser() {
        return SUPERUSER;
    }

    @Override
    public String superuserPassword() {
        return password;
    }

    @Override
    public String description() {
        return programs.description();
    }
}
