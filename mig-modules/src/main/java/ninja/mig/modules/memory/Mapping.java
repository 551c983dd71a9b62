package ninja.mig.modules.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import ninja.mig.json.Utf8;

/**
 * One line of {@code /proc/<pid>/maps}: a range of addresses and what lies there.
 *
 * @param start first address
 * @param end address behind the last one
 * @param permissions such as {@code r-xp}
 * @param inode of the file that is mapped; 0 for none
 * @param name path of the file, or a word in brackets, or nothing
 */
record Mapping(long start, long end, String permissions, long inode, String name) {
    private static final String DELETED = " (deleted)";
    private static final Set<String> UNREADABLE = Set.of("[vsyscall]", "[vvar]", "[vvar_vclock]");
    private static final Set<String> NO_LIBRARY = Set.of("", "/dev/zero", "/dev/zero" + DELETED);

    /**
     * Reads a line that lies between two indexes.
     *
     * @param lastName the name of the mapping before, which is often the same
     * @throws IOException if this is no such line
     */
    static Mapping of(byte[] line, int from, int end, String lastName) throws IOException {
        int dash = indexOf('-', line, from, end);
        int permissions = indexOf(' ', line, dash, end) + 1;
        int offset = indexOf(' ', line, permissions, end) + 1;
        int device = indexOf(' ', line, offset, end) + 1;
        int inode = indexOf(' ', line, device, end) + 1;
        if (inode > end || offset - permissions != 5) {
            throw malformed(line, from, end);
        }
        int endOfInode = indexOf(' ', line, inode, end);
        int name = endOfInode;
        while (name < end && line[name] == ' ') {
            name++;
        }
        try {
            return new Mapping(
                    Long.parseUnsignedLong(text(line, from, dash), 16),
                    Long.parseUnsignedLong(text(line, dash + 1, permissions - 1), 16),
                    text(line, permissions, offset - 1),
                    Long.parseUnsignedLong(text(line, inode, endOfInode)),
                    name(line, name, end, lastName));
        } catch (NumberFormatException e) {
            throw malformed(line, from, end);
        }
    }

    /** The end if it is not there. */
    private static int indexOf(char wanted, byte[] line, int from, int end) {
        int at = from;
        while (at < end && line[at] != wanted) {
            at++;
        }
        return Math.min(at, end);
    }

    private static String text(byte[] line, int from, int end) {
        return new String(line, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private static String name(byte[] line, int from, int end, String lastName) {
        String text = text(line, from, end);
        if (text.equals(lastName)) {
            return lastName;
        }
        return text.chars().allMatch(c -> c < 0x80) ? text : Utf8.decode(line, from, end - from);
    }

    private static IOException malformed(byte[] line, int from, int end) {
        return new IOException("'" + Utf8.decode(line, from, Math.min(end - from, 200)) + "' is no line of maps");
    }

    /**
     * Whether its content is searched: it can be read, and reading it has no side effects. Addresses of the kernel do not
     * count.
     */
    boolean isSearched() {
        return permissions.charAt(0) != '-' && start >= 0 && end > start && !UNREADABLE.contains(name) && !isDevice();
    }

    /** Memory of devices: to read it may set something off. */
    private boolean isDevice() {
        return name.startsWith("/sys/")
                || name.startsWith("/proc/bus/")
                || name.startsWith("/dev/")
                        && !NO_LIBRARY.contains(name)
                        && !name.startsWith("/dev/shm/")
                        && !name.startsWith("/dev/hugepages");
    }

    /** Whether pages that were never written are zero: memory of this process alone, without a file behind it. */
    boolean isAnonymous() {
        return inode == 0
                && permissions.charAt(3) == 'p'
                && (name.isEmpty() || name.equals("[heap]") || name.startsWith("[stack") || name.startsWith("[anon:"));
    }

    /** @param executable as the kernel gives its path */
    boolean isLibrary(String executable) {
        // maps has \012 for a line feed, as the only thing that it writes differently.
        return !NO_LIBRARY.contains(name) && !name.startsWith("[") && !name.equals(executable.replace("\n", "\\012"));
    }
}
