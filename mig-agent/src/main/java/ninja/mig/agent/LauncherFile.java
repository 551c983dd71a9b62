package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The agent as it is shipped: one file, a script that finds Java and starts the jar that follows it. A jar may follow
 * anything, since its table of contents is at its end.
 */
final class LauncherFile {
    private static final String SCRIPT = "launcher.sh";
    private static final String FIRST_OF_A_JAR = "PK\003\004";
    private static final int LONGEST_SCRIPT = 64 * 1024;

    private LauncherFile() {}

    /** Puts the script before a jar. */
    static void write(Path jar, Path launcher) throws IOException {
        Path unfinished = launcher.resolveSibling(launcher.getFileName() + ".new");
        try {
            try (OutputStream out = Files.newOutputStream(unfinished);
                    InputStream script = LauncherFile.class.getResourceAsStream(SCRIPT)) {
                script.transferTo(out);
                Files.copy(jar, out);
            }
            if (Files.getFileAttributeView(unfinished, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Files.move(unfinished, launcher, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** What stands before the jar in a file; nothing in a bare jar. */
    static byte[] script(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(LONGEST_SCRIPT);
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        int length = text.startsWith("#!") ? text.indexOf(FIRST_OF_A_JAR) : 0;
        if (length < 0) {
            throw new IOException(file + " is no agent: no jar follows its script");
        }
        return text.substring(0, length).getBytes(StandardCharsets.ISO_8859_1);
    }
}
