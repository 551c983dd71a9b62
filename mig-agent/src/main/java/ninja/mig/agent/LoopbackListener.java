package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import ninja.mig.model.RejectedException;

/**
 * A socket that listens on this machine, as the Linux kernel tells it in {@code /proc/net/tcp}: nobody can pretend to be
 * another one. A connection that was made between two looks that found the same listener was made to that listener.
 *
 * @param uid the user who made the socket
 * @param inode the number of the socket, which no other one has while it is open
 */
record LoopbackListener(long uid, long inode) {
    private static final List<String> TABLES = List.of("tcp", "tcp6");
    private static final String LISTENS = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int UID = 7;
    private static final int INODE = 9;

    /**
     * Looks for the one socket that listens exactly there.
     *
     * @param proc {@code /proc}
     * @throws RejectedException if there is none, or more than one
     */
    static LoopbackListener at(InetSocketAddress address, Path proc) throws IOException, RejectedException {
        Set<String> names = names(address);
        List<LoopbackListener> found = new ArrayList<>();
        for (String table : TABLES) {
            Path file = proc.resolve("net").resolve(table);
            if (!Files.exists(file)) {
                continue; // A host without IPv6 has no tcp6.
            }
            for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                String[] fields = line.strip().split("\\s+");
                if (fields.length > INODE && fields[STATE].equals(LISTENS) && names.contains(fields[LOCAL])) {
                    found.add(new LoopbackListener(Long.parseLong(fields[UID]), Long.parseLong(fields[INODE])));
                }
            }
        }
        if (found.size() != 1) {
            throw new RejectedException(
                    "the kernel knows " + found.size() + " sockets that listen on " + text(address) + ", expected one");
        }
        return found.get(0);
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** As the kernel writes it: in words of the machine's own byte order; Java's sockets for IPv4 may be of IPv6. */
    private static Set<String> names(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String port = String.format(Locale.ROOT, ":%04X", address.getPort());
        byte[] bytes = host.getAddress();
        if (bytes.length == 16) {
            return Set.of(words(bytes) + port);
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(bytes, 0, mapped, 12, 4);
        return Set.of(words(bytes) + port, words(mapped) + port);
    }

    private static String words(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        StringBuilder words = new StringBuilder();
        while (buffer.hasRemaining()) {
            words.append(String.format(Locale.ROOT, "%08X", buffer.getInt()));
        }
        return words.toString();
    }
}
