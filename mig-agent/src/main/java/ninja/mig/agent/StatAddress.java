package ninja.mig.agent;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;

/** Where the stat socket may listen: on this machine alone, since whoever connects is not asked who it is. */
final class StatAddress {
    private static final Pattern HOST_PORT =
            Pattern.compile("(localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]):([0-9]{1,5})");

    private StatAddress() {}

    /**
     * Reads {@code 127.0.0.1:51664}, {@code localhost:51664} or {@code [::1]:51664}. No resolver is asked: whatever the host's
     * name service says, {@code localhost} is 127.0.0.1.
     *
     * @throws RejectedException if it is another address, or the port is not from 1 to 65535
     */
    static InetSocketAddress parse(String text) throws RejectedException {
        Matcher m = HOST_PORT.matcher(text);
        if (m.matches()) {
            int port = Integer.parseInt(m.group(2));
            String host = m.group(1).equals("localhost") ? "127.0.0.1" : m.group(1);
            if (port >= 1 && port <= 65535 && isLoopback(host)) {
                return new InetSocketAddress(host, port);
            }
        }
        throw new RejectedException("is '" + text + "', expected a loopback address such as 127.0.0.1:51664");
    }

    /** @param host a numeric address; 127.0.0.999 would be looked up as a name */
    private static boolean isLoopback(String host) {
        for (String part : host.split("\\.")) {
            if (!part.startsWith("[") && Integer.parseInt(part) > 255) {
                return false;
            }
        }
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
