package ninja.mig.modules.netstat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** The own addresses in the tables of Linux. */
final class LocalAddresses {
    private static final String LEAF = "|-- ";
    private static final String OWN = "/32 host LOCAL";
    private static final int DIGITS = 32;

    private final Set<Ip> told = new HashSet<>();
    private String leaf = "";

    /**
     * Takes the next line of {@code fib_trie}, the routes of IPv4: an address that is a leaf, and then, in lines of their own, its
     * routes. One to the host itself is what an own address has.
     *
     * @return an own address, once, although two tables have it
     */
    Optional<Ip> ofTrie(String line) {
        String text = line.strip();
        if (text.startsWith(LEAF)) {
            leaf = text.substring(LEAF.length());
            return Optional.empty();
        }
        return text.equals(OWN) ? Ip.parse(leaf).filter(told::add) : Optional.empty();
    }

    /** Reads a line of {@code if_inet6}: the address of an interface, in 32 digits, and facts that are of no interest. */
    static Optional<Ip> ofInterface(String line) {
        try {
            return line.length() < DIGITS
                    ? Optional.empty()
                    : Optional.of(Ip.of(HexFormat.of().parseHex(line, 0, DIGITS)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
