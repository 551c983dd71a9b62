package ninja.mig.modules.netstat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.modules.Addresses;

/** An IP address as 128 bits. One of IPv4 is its mapped form in IPv6, so that both are the same value. */
record Ip(long high, long low) {
    /** The length of a prefix that all mapped addresses share. */
    static final int MAPPED = 96;

    static final int BITS = 128;

    private static final Pattern DOTTED = Pattern.compile(
            "(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})" + "\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");
    private static final int GROUPS = 8;

    static Ip v4(int bits) {
        return new Ip(0, 0xffffL << 32 | Integer.toUnsignedLong(bits));
    }

    /** @param bytes 4 or 16, as {@link InetAddress} has them */
    static Ip of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4 ? v4(buffer.getInt()) : new Ip(buffer.getLong(), buffer.getLong());
    }

    /** Nothing if it is no address, or has a zone, or leading zeros in a part of IPv4. Names are never looked up. */
    static Optional<Ip> parse(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    boolean isV4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** Only the first bits, the others zero. */
    Ip prefix(int length) {
        return new Ip(high & mask(length), low & mask(length - Long.SIZE));
    }

    private static long mask(int length) {
        return length <= 0 ? 0 : length >= Long.SIZE ? -1 : -1L << (Long.SIZE - length);
    }

    @Override
    public String toString() {
        try {
            return Addresses.text(InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(high).putLong(low).array()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are always an address", e);
        }
    }

    private static Optional<Ip> parseV4(String text) {
        Matcher dotted = DOTTED.matcher(text);
        if (!dotted.matches()) {
            return Optional.empty();
        }
        int bits = 0;
        for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(dotted.group(i));
            if (octet > 255) {
                return Optional.empty();
            }
            bits = bits << 8 | octet;
        }
        return Optional.of(v4(bits));
    }

    private static Optional<Ip> parseV6(String text) {
        int gap = text.indexOf("::");
        Optional<List<Integer>> left = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<List<Integer>> right = gap < 0 ? Optional.of(List.of()) : groups(text.substring(gap + 2), true);
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        int zeros = GROUPS - left.get().size() - right.get().size();
        if (gap < 0 ? zeros != 0 : zeros < 1) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate(16);
        left.get().forEach(group -> bytes.putShort(group.shortValue()));
        bytes.position(bytes.position() + 2 * zeros);
        right.get().forEach(group -> bytes.putShort(group.shortValue()));
        return Optional.of(of(bytes.array()));
    }

    /** @param isEnd whether the last one may be written as IPv4, which stands for two */
    private static Optional<List<Integer>> groups(String text, boolean isEnd) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (GROUP.matcher(parts[i]).matches()) {
                groups.add(Integer.parseInt(parts[i], 16));
                continue;
            }
            Optional<Ip> dotted = isEnd && i == parts.length - 1 ? parseV4(parts[i]) : Optional.empty();
            if (dotted.isEmpty()) {
                return Optional.empty();
            }
            groups.add((int) (dotted.get().low() >>> 16 & 0xffff));
            groups.add((int) (dotted.get().low() & 0xffff));
        }
        return Optional.of(groups);
    }
}
