package ninja.mig.pgp;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** ASCII armor: the base64 body between two dashed lines, and its checksum. */
final class Armor {
    private static final String BEGIN = "-----BEGIN PGP ";
    private static final String DASHES = "-----";
    private static final Pattern TYPE = Pattern.compile("[A-Z ]{1,40}");
    private static final Pattern CHECKSUM = Pattern.compile("(?s)(.*)=([A-Za-z0-9+/]{4})");

    private Armor() {}

    /** One armored block. */
    record Block(String type, byte[] content) {}

    /** Whether there is something in this text that {@link #blocks} would read. */
    static boolean isIn(String text) {
        return text.contains(BEGIN);
    }

    /**
     * Every block of a text; whatever stands between them is ignored, and so are header lines.
     *
     * @throws IllegalArgumentException if a block does not end or is not base64, or its checksum is wrong
     */
    static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        for (int at = text.indexOf(BEGIN); at >= 0; ) {
            int typeAt = at + BEGIN.length();
            int bodyAt = text.indexOf(DASHES, typeAt);
            String type = bodyAt < 0 ? "" : text.substring(typeAt, bodyAt);
            if (!TYPE.matcher(type).matches()) {
                throw new IllegalArgumentException("the first line of a block is cut off");
            }
            String end = "-----END PGP " + type + DASHES;
            int endAt = text.indexOf(end, bodyAt + DASHES.length());
            if (endAt < 0) {
                throw new IllegalArgumentException("the " + type + " does not end");
            }
            blocks.add(new Block(type, decode(withoutHeaders(text.substring(bodyAt + DASHES.length(), endAt)))));
            at = text.indexOf(BEGIN, endAt + end.length());
        }
        return blocks;
    }

    private static String withoutHeaders(String body) {
        StringBuilder out = new StringBuilder(body.length());
        body.lines().filter(line -> line.indexOf(':') < 0).forEach(out::append);
        return out.toString();
    }

    /**
     * Decodes a body: base64, then perhaps {@code =} and the checksum.
     *
     * @throws IllegalArgumentException if it is not base64 or the checksum is wrong
     */
    static byte[] decode(String body) {
        String text = body.replaceAll("\\s", "");
        Matcher m = CHECKSUM.matcher(text);
        if (!m.matches()) {
            return strictly(text);
        }
        byte[] content = strictly(m.group(1));
        byte[] sum = Base64.getDecoder().decode(m.group(2));
        int given = (sum[0] & 0xff) << 16 | (sum[1] & 0xff) << 8 | sum[2] & 0xff;
        if (given != checksum(content)) {
            throw new IllegalArgumentException("the checksum does not fit");
        }
        return content;
    }

    /** The JDK's decoder forgives missing padding and stray bits; then several texts would mean the same bytes. */
    private static byte[] strictly(String base64) {
        byte[] content = Base64.getDecoder().decode(base64);
        if (!Base64.getEncoder().encodeToString(content).equals(base64)) {
            throw new IllegalArgumentException("the padding is wrong");
        }
        return content;
    }

    /** Base64 and the checksum, on one line. */
    static String encode(byte[] content) {
        int sum = checksum(content);
        byte[] bytes = {(byte) (sum >> 16), (byte) (sum >> 8), (byte) sum};
        return Base64.getEncoder().encodeToString(content) + "="
                + Base64.getEncoder().encodeToString(bytes);
    }

    /** The content as a block of lines. */
    static String armored(String type, byte[] content) {
        StringBuilder out = new StringBuilder("-----BEGIN PGP " + type + "-----\n\n");
        String body = Base64.getEncoder().encodeToString(content);
        for (int i = 0; i < body.length(); i += 64) {
            out.append(body, i, Math.min(body.length(), i + 64)).append('\n');
        }
        String line = encode(content);
        return out.append(line.substring(line.length() - 5))
                .append("\n-----END PGP ")
                .append(type)
                .append("-----\n")
                .toString();
    }

    /** CRC-24 as OpenPGP defines it. */
    private static int checksum(byte[] content) {
        int crc = 0xB704CE;
        for (byte b : content) {
            crc ^= (b & 0xff) << 16;
            for (int i = 0; i < 8; i++) {
                crc <<= 1;
                if ((crc & 0x1000000) != 0) {
                    crc ^= 0x1864CFB;
                }
            }
        }
        return crc & 0xffffff;
    }
}
