package ninja.mig.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Makes a file that looks like the memory of a program, always the same: zeros, numbers, addresses and text, page by page. */
final class MemoryImage {
    /** What is searched; it stands once, near the end. */
    static final String LITERAL = "mig-needle-7f3a9c";

    /** Matches the expression of the bench; it stands once, near the end. */
    static final String ADDRESS = "admin_4711@build-lan.example.org";

    private static final int PAGE = 4096;
    private static final String[] WORDS =
            ("connection from user admin_ root closed session opened for request GET /index.html HTTP/1.1 200 error"
                            + " warning info debug java.lang.Thread.run example.org lan host mig agent user_ timeout")
                    .split(" ");

    private MemoryImage() {}

    static void write(Path file, int mebibytes) throws IOException {
        Random random = new Random(42);
        byte[] page = new byte[PAGE];
        long pages = mebibytes * 256L;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            for (long i = 0; i < pages; i++) {
                fill(page, random, (int) (i % 8));
                if (i == pages - 3) {
                    put(page, 1000, "\n" + LITERAL + "\n" + ADDRESS + "\n");
                }
                out.write(page);
            }
        }
    }

    private static void fill(byte[] page, Random random, int kind) {
        switch (kind) {
            case 0:
                Arrays.fill(page, (byte) 0);
                break;
            case 1, 2:
                random.nextBytes(page);
                break;
            case 3, 4:
                Arrays.fill(page, (byte) 0);
                for (int i = 0; i < PAGE; i += 8) {
                    int low = random.nextInt();
                    for (int k = 0; k < 4; k++) {
                        page[i + k] = (byte) (low >>> 8 * k);
                    }
                    page[i + 4] = (byte) 0x7f;
                    page[i + 5] = (byte) 0x55;
                }
                break;
            default:
                StringBuilder text = new StringBuilder();
                while (text.length() < PAGE) {
                    text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(12) == 0 ? '\n' : ' ');
                }
                put(page, 0, text.substring(0, PAGE));
        }
    }

    private static void put(byte[] page, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, page, at, bytes.length);
    }
}
