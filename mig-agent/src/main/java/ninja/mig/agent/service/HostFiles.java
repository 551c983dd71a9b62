package ninja.mig.agent.service;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** The files of the host, by their absolute names; in tests they lie below a folder that stands for the root. */
public final class HostFiles {
    private final Path root;

    /** @param root {@code /} but in tests */
    public HostFiles(Path root) {
        this.root = root;
    }

    /**
     * Where a file is.
     *
     * @param name absolute, in the form of the system that it belongs to
     */
    public Path at(String name) {
        boolean windows = name.matches("[A-Za-z]:\\\\.*");
        if (windows && System.getProperty("os.name").startsWith("Windows")) {
            return Path.of(name);
        }
        return root.resolve(windows ? name.substring(3).replace('\\', '/') : name.substring(1));
    }

    /** A file appears complete or not at all. */
    void write(String name, String text, String mode) throws IOException {
        Path file = at(name);
        Files.createDirectories(file.getParent());
        Path unfinished = Files.createTempFile(file.getParent(), ".mig", null);
        try {
            Files.writeString(unfinished, text, StandardCharsets.UTF_8);
            if (Files.getFileAttributeView(unfinished, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(mode));
            }
            Files.move(unfinished, file, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /**
     * Makes a symbolic link, also in place of another one.
     *
     * @throws IOException if something that is no link is there
     */
    void link(String name, Path target) throws IOException {
        checkLink(name);
        Path link = at(name);
        Files.createDirectories(link.getParent());
        Path unfinished = link.resolveSibling(
                "." + link.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(unfinished);
        try {
            Files.createSymbolicLink(unfinished, target);
            Files.move(unfinished, link, ATOMIC_MOVE, REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** @throws IOException if {@link #link} could not make a link of that name, since something else is there */
    void checkLink(String name) throws IOException {
        Path link = at(name);
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link)) {
            throw new IOException(link + " is in the way: it is no link, and is left alone");
        }
    }

    boolean delete(String name) throws IOException {
        return Files.deleteIfExists(at(name));
    }
}
