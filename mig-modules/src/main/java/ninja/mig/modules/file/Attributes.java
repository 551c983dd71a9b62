package ninja.mig.modules.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What a file system says of a file, read once.
 *
 * @param mode type and permission bits as POSIX numbers them
 */
record Attributes(int mode, long size, Instant modified) {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;
    private static final boolean UNIX =
            java.nio.file.FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    static Attributes of(Path path, LinkOption... links) throws IOException {
        if (UNIX) {
            Map<String, Object> read = Files.readAttributes(path, "unix:mode,size,lastModifiedTime", links);
            return new Attributes(
                    (Integer) read.get("mode"),
                    (Long) read.get("size"),
                    ((FileTime) read.get("lastModifiedTime")).toInstant());
        }
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, links);
        int type =
                basic.isDirectory() ? DIRECTORY : basic.isSymbolicLink() ? LINK : basic.isRegularFile() ? REGULAR : 0;
        int permissions = Files.isWritable(path) ? 0666 : 0444;
        return new Attributes(
                type | permissions, basic.size(), basic.lastModifiedTime().toInstant());
    }

    boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    /** As Go prints it: kind and special letters, or a dash, then nine permission characters. */
    String modeText() {
        StringBuilder out = new StringBuilder(12);
        switch (mode & TYPE) {
            case DIRECTORY -> out.append('d');
            case LINK -> out.append('L');
            case 0060000 -> out.append('D');
            case 0020000 -> out.append('D');
            case 0010000 -> out.append('p');
            case 0140000 -> out.append('S');
            default -> {}
        }
        append(out, 04000, 'u');
        append(out, 02000, 'g');
        if ((mode & TYPE) == 0020000) {
            out.append('c');
        }
        append(out, 01000, 't');
        if (out.length() == 0) {
            out.append('-');
        }
        String letters = "rwxrwxrwx";
        for (int i = 0; i < 9; i++) {
            out.append((mode & 1 << 8 - i) != 0 ? letters.charAt(i) : '-');
        }
        return out.toString();
    }

    private void append(StringBuilder out, int bit, char letter) {
        if ((mode & bit) != 0) {
            out.append(letter);
        }
    }
}
