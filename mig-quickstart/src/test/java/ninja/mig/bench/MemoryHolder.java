package ninja.mig.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A process that holds the content of a file in memory of its own until its input ends. */
final class MemoryHolder {
    private static final int PART = 1 << 30;

    private MemoryHolder() {}

    /**
     * Prints a line when all is in memory.
     *
     * @param args the file, and one that is mapped so that this process can be told from others
     */
    public static void main(String[] args) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ);
                FileChannel mark = FileChannel.open(Path.of(args[1]), StandardOpenOption.READ)) {
            parts.add(mark.map(FileChannel.MapMode.READ_ONLY, 0, mark.size()));
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 20);
            for (long left = file.size(); left > 0; left -= PART) {
                ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(left, PART));
                while (part.hasRemaining()
                        && file.read(piece.clear().limit(Math.min(piece.capacity(), part.remaining()))) >= 0) {
                    part.put(piece.flip());
                }
                parts.add(part);
            }
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // until nobody needs it any more
            }
        }
        System.exit(parts.isEmpty() ? 1 : 0); // all is in use until here
    }
}
