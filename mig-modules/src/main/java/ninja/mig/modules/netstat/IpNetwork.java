package ninja.mig.modules.netstat;

import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Printable;

/**
 * All addresses that begin with the same bits; a single address shares all of them.
 *
 * @param base the shared bits, the others zero
 * @param length how many of 128; of IPv4 at least {@link Ip#MAPPED}
 */
record IpNetwork(Ip base, int length) {
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

    IpNetwork {
        base = base.prefix(length);
    }

    /**
     * Reads {@code 10.0.0.1} or {@code 10.0.0.0/8}. Bits behind the prefix are ignored.
     *
     * @param name what the value is called in the refusal
     */
    static IpNetwork parse(String name, String text) throws InvalidParametersException {
        int slash = text.indexOf('/');
        Optional<Ip> ip = Ip.parse(slash < 0 ? text : text.substring(0, slash));
        if (ip.isEmpty()) {
            throw new InvalidParametersException(name + ": '" + Printable.line(text)
                    + "' is not an IP address or network such as 10.1.2.3 or 10.0.0.0/8");
        }
        if (slash < 0) {
            return new IpNetwork(ip.get(), Ip.BITS);
        }
        boolean dotted = text.indexOf(':') < 0;
        int most = dotted ? Ip.BITS - Ip.MAPPED : Ip.BITS;
        String length = text.substring(slash + 1);
        if (!LENGTH.matcher(length).matches() || Integer.parseInt(length) > most) {
            throw new InvalidParametersException(name + ": '" + Printable.line(text)
                    + "' needs a prefix length from 0 to " + most + " after the slash");
        }
        return new IpNetwork(ip.get(), Integer.parseInt(length) + (dotted ? Ip.MAPPED : 0));
    }

    /** Whether its addresses are of IPv4; a network of IPv6 has none of them, however short its prefix. */
    boolean isV4() {
        return base.isV4() && length >= Ip.MAPPED;
    }
}
