package ninja.mig.modules.file;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The bytes of a path: names need not be text, and Java's text of a path depends on the locale. */
public final class RawPath {
    private RawPath() {}

    /** One character for each byte, so that different paths are different texts. */
    static String text(Path path) {
        return new String(bytes(path), StandardCharsets.ISO_8859_1);
    }

    /** The last component. */
    static byte[] name(Path path) {
        String text = path.toString();
        int start = text.lastIndexOf(java.io.File.separatorChar) + 1;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < 0x20 || text.charAt(i) >= 0x80) {
                byte[] whole = bytes(path);
                int separator = whole.length;
                while (separator > 0 && whole[separator - 1] != '/') {
                    separator--;
                }
                return java.util.Arrays.copyOfRange(whole, separator, whole.length);
            }
        }
        return text.substring(start).getBytes(StandardCharsets.US_ASCII);
    }

    /** As the system has them. */
    public static byte[] bytes(Path path) {
        String text = path.toString();
        if (text.chars().allMatch(c -> c < 0x80 && c >= 0x20)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        if (!path.isAbsolute() || java.io.File.separatorChar == '\\') {
            byte[] folder = bytes(Path.of("").toAbsolutePath());
            byte[] whole = java.io.File.separatorChar == '\\' ? null : bytes(path.toAbsolutePath());
            return whole == null
                    ? text.getBytes(StandardCharsets.UTF_8)
                    : java.util.Arrays.copyOfRange(whole, folder.length + (folder.length == 1 ? 0 : 1), whole.length);
        }
        String encoded = path.toUri().getRawPath();
        if (encoded.length() > 1 && encoded.endsWith("/") && !text.endsWith("/")) {
            encoded = encoded.substring(0, encoded.length() - 1);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) == '%') {
                out.write(Integer.parseInt(encoded.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.write(encoded.charAt(i));
            }
        }
        return out.toByteArray();
    }
}
