package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;

class GunzipTest {
    @Test
    void readsMembersOneAfterAnother() throws IOException {
        assertEquals("onetwo", gunzip(concat(gzip("one"), gzip("two"))));
        assertEquals("two", gunzip(concat(gzip(""), gzip("two"))));
        String large = "line\n".repeat(300_000);
        assertEquals(large + "x", gunzip(concat(gzip(large), gzip("x"))));
    }

    @Test
    void passesOverNamesAndComments() throws IOException {
        byte[] plain = gzip("text");
        byte[] header = Arrays.copyOf(plain, 10);
        header[3] = 4 | 8 | 16 | 2;
        byte[] fields = {2, 0, 'e', 'x', 'n', 0, 'c', 0, 7, 7};

        assertEquals("text", gunzip(concat(header, fields, Arrays.copyOfRange(plain, 10, plain.length))));
    }

    @Test
    void allowsPaddingButNothingElseBehindAMember() throws IOException {
        assertEquals("one", gunzip(concat(gzip("one"), new byte[512])));
        assertThrows(ZipException.class, () -> gunzip(concat(gzip("one"), "payload".getBytes(StandardCharsets.UTF_8))));
        assertThrows(ZipException.class, () -> gunzip(concat(gzip("one"), new byte[5], gzip("two"))));
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = gzip("some text that is there");
        for (int length = 1; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThrows(EOFException.class, () -> gunzip(part), "length " + length);
        }
    }

    @Test
    void survivesEveryDamagedByte() throws IOException {
        Random random = new Random(3);
        byte[] whole = gzip("some text that is there, and some more of it");
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                gunzip(damaged);
            } catch (ZipException | EOFException e) {
                // Refused, as it should be; only fields that mean nothing here may be damaged.
            }
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String gunzip(byte[] packed) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        try (Gunzip in = new Gunzip(new ByteArrayInputStream(packed))) {
            for (int n = in.read(buffer, 0, buffer.length); n >= 0; n = in.read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, n);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
