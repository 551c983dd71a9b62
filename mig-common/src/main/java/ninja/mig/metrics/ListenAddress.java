package ninja.mig.metrics;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.conf.IniFile;

/** Section {@code [metrics]}: {@code listen}, an address of this machine alone, since whoever asks is not asked who it is. */
public final class ListenAddress {
    private static final Pattern LOOPBACK =
            Pattern.compile("(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]):([0-9]{1,5})");

    private ListenAddress() {}

    /** Empty without the key: nothing listens then. A problem is left to the file. */
    public static Optional<InetSocketAddress> read(IniFile ini) {
        Optional<String> text = ini.optional("metrics", "listen");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = LOOPBACK.matcher(text.get());
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(1));
            InetSocketAddress address = port >= 1 && port <= 65535
                    ? new InetSocketAddress(text.get().substring(0, matcher.start(1) - 1), port)
                    : InetSocketAddress.createUnresolved("", 0);
            if (!address.isUnresolved()) {
                return Optional.of(address);
            }
        }
        ini.problem(
                "metrics",
                "listen",
                "is '" + text.get() + "', expected a loopback address and a port from 1 to 65535, as 127.0.0.1:9464");
        return Optional.empty();
    }
}
