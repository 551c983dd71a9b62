package ninja.mig.platform;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A directory with {@code initdb}, {@code pg_ctl} and {@code postgres}.
 *
 * @param version as printed by the server, {@code 15.14}
 * @param embedded unpacked from our own jar, not installed on the machine
 */
record PostgresPrograms(Path bin, String version, boolean embedded) {
    /** The schema uses nothing newer. */
    private static final int OLDEST_MAJOR = 12;

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)[^\\s]*)");

    int major() {
        return Integer.parseInt(version.split("[^0-9]")[0]);
    }

    Path program(String name) {
        return bin.resolve(name);
    }

    String description() {
        return "PostgreSQL " + version + (embedded ? " (embedded)" : " (private instance of " + bin + ")");
    }

    /** Those installed on this machine, newest first. */
    static List<PostgresPrograms> installed() throws IOException {
        Set<Path> candidates = new LinkedHashSet<>();
        for (String place :
                List.of("/usr/lib/postgresql", "/usr/lib64", "/usr", "/opt/homebrew/opt", "/usr/local/opt")) {
            candidates.addAll(below(Path.of(place)));
        }
        candidates.addAll(List.of(Path.of("/usr/local/pgsql/bin"), Path.of("/usr/libexec/postgresql")));
        for (String name : List.of("postgres", "pg_ctl")) {
            Optional<Path> program = Commands.onPath(name);
            if (program.isPresent()) {
                candidates.add(program.get().toRealPath().getParent());
            }
        }
        List<PostgresPrograms> found = new ArrayList<>();
        for (Path bin : candidates) {
            inDirectory(bin, false).ifPresent(found::add);
        }
        found.sort(Comparator.comparingInt(PostgresPrograms::major).reversed());
        return found;
    }

    /** Unpacks the embedded server (58 MB) below a directory, unless that has been done. */
    static PostgresPrograms embedded(Path directory) throws IOException {
        Path bin = directory.resolve("bin");
        Path complete = directory.resolve("complete");
        if (Files.notExists(complete)) {
            unpack(directory);
            Files.createFile(complete);
        }
        return inDirectory(bin, true)
                .orElseThrow(() -> new IOException("the embedded PostgreSQL does not run on this machine ("
                        + System.getProperty("os.name") + ", " + System.getProperty("os.arch")
                        + "): install PostgreSQL " + OLDEST_MAJOR + " or newer"));
    }

    private static List<Path> below(Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(place)) {
            // /usr/lib/postgresql/15/bin (Debian), /usr/pgsql-15/bin and /usr/lib64/pgsql/bin (Red Hat), Homebrew's opt
            return entries.filter(
                            entry -> entry.getFileName().toString().matches("[0-9]+|pgsql(-[0-9]+)?|postgresql.*"))
                    .map(entry -> entry.resolve("bin"))
                    .toList();
        }
    }

    private static Optional<PostgresPrograms> inDirectory(Path bin, boolean embedded) throws IOException {
        for (String name : List.of("initdb", "pg_ctl", "postgres")) {
            if (!Files.isExecutable(bin.resolve(name))) {
                return Optional.empty();
            }
        }
        Commands.Ended ended = Commands.run(
                Path.of("/"),
                Duration.ofSeconds(20),
                List.of(bin.resolve("postgres").toString(), "--version"));
        Matcher version = VERSION.matcher(ended.output());
        if (ended.status() != 0 || !version.find() || Integer.parseInt(version.group(2)) < OLDEST_MAJOR) {
            return Optional.empty();
        }
        return Optional.of(new PostgresPrograms(bin, version.group(1), embedded));
    }

    private static void unpack(Path directory) throws IOException {
        try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                System.getProperty("os.name"), System.getProperty("os.arch"))) {
            if (packed == null) {
                throw new IOException("no PostgreSQL is installed and there is no embedded one for "
                        + System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
            }
            TarArchiveInputStream archive = new TarArchiveInputStream(new XZInputStream(packed));
            for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                unpack(archive, entry, directory);
            }
        }
    }

    private static void unpack(TarArchiveInputStream archive, TarArchiveEntry entry, Path directory)
            throws IOException {
        Path to = directory.resolve(entry.getName()).normalize();
        if (!to.startsWith(directory.normalize())) {
            throw new IOException("the embedded PostgreSQL contains '" + entry.getName() + "', outside its directory");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(to);
            return;
        }
        Files.createDirectories(to.getParent());
        Files.deleteIfExists(to);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(to, FileSystems.getDefault().getPath(entry.getLinkName()));
        } else {
            Files.copy(archive, to);
            boolean program = (entry.getMode() & 0100) != 0;
            Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--");
            Files.setPosixFilePermissions(to, permissions);
        }
    }
}
