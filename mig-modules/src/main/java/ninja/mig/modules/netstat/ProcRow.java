package ninja.mig.modules.netstat;

import java.util.HexFormat;
import java.util.Optional;
import java.util.StringTokenizer;

/** Rows of the tables in {@code /proc/net}, where addresses are words of 32 bits in the byte order of the processor. */
final class ProcRow {
    private static final int WORD = 8;
    private static final int PORT = 4;

    private ProcRow() {}

    /** @return nothing if the line is no such row */
    static Optional<Socket> socket(String line, boolean tcp) {
        StringTokenizer fields = new StringTokenizer(line);
        if (fields.countTokens() < 4) {
            return Optional.empty();
        }
        fields.nextToken();
        String local = fields.nextToken();
        String remote = fields.nextToken();
        try {
            return Optional.of(new Socket(
                    ip(local),
                    port(local),
                    ip(remote),
                    port(remote),
                    fields.nextToken().equals(tcp ? "0A" : "07")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @return nothing if the line has no address */
    static Optional<Neighbour> neighbour(String line) {
        StringTokenizer fields = new StringTokenizer(line);
        if (fields.countTokens() < 4) {
            return Optional.empty();
        }
        Optional<Ip> ip = Ip.parse(fields.nextToken());
        fields.nextToken();
        fields.nextToken();
        String mac = fields.nextToken();
        return ip.map(address -> new Neighbour(address, mac));
    }

    private static Ip ip(String endpoint) {
        int length = endpoint.length() - PORT - 1;
        if (length == WORD) {
            return Ip.v4(word(endpoint, 0));
        }
        if (length == 4 * WORD) {
            return new Ip(
                    (long) word(endpoint, 0) << 32 | Integer.toUnsignedLong(word(endpoint, WORD)),
                    (long) word(endpoint, 2 * WORD) << 32 | Integer.toUnsignedLong(word(endpoint, 3 * WORD)));
        }
        throw new IllegalArgumentException(endpoint);
    }

    private static int word(String endpoint, int from) {
        return Integer.reverseBytes(HexFormat.fromHexDigits(endpoint, from, from + WORD));
    }

    private static int port(String endpoint) {
        int colon = endpoint.length() - PORT - 1;
        if (endpoint.charAt(colon) != ':') {
            throw new IllegalArgumentException(endpoint);
        }
        return HexFormat.fromHexDigits(endpoint, colon + 1, endpoint.length());
    }
}
