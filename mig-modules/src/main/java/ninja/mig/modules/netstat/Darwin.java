package ninja.mig.modules.netstat;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs of macOS. */
final class Darwin implements Dialect {
    /** {@code ? (10.0.0.1) at 0:1c:42:0:0:18 on en0 ifscope [ethernet]}. */
    private static final Pattern NEIGHBOUR = Pattern.compile("\\S+ \\(([0-9.]+)\\) at (\\S+) .*");

    private static final Pattern MAC = Pattern.compile("[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5,19}");

    /** {@code tcp4  0  0  10.0.0.5.52345  93.184.216.34.443  ESTABLISHED}. */
    private static final Pattern SOCKET =
            Pattern.compile("(tcp|udp)(4|6|46)\\s+[0-9]+\\s+[0-9]+\\s+(\\S+)\\s+(\\S+)(?:\\s+(\\S+).*)?\\s*");

    /** Without {@code -n} it would look up the name of each. */
    @Override
    public List<String> neighbours() {
        return List.of("/usr/sbin/arp", "-an");
    }

    @Override
    public List<List<String>> sockets(boolean v6) {
        return List.of(List.of("/usr/sbin/netstat", "-naW", "-f", v6 ? "inet6" : "inet"));
    }

    @Override
    public Optional<Neighbour> neighbour(String line) {
        Matcher row = NEIGHBOUR.matcher(line);
        return row.matches()
                ? Ip.parse(row.group(1)).map(ip -> new Neighbour(ip, mac(row.group(2))))
                : Optional.empty();
    }

    /** With two digits for each byte; empty for {@code (incomplete)}. */
    private static String mac(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return MAC.matcher(lower).matches() ? lower.replaceAll("\\b([0-9a-f])\\b", "0$1") : "";
    }

    @Override
    public Optional<Socket> socket(String line) {
        Matcher row = SOCKET.matcher(line);
        if (!row.matches()) {
            return Optional.empty();
        }
        boolean v6 = !row.group(2).equals("4");
        String local = row.group(3);
        String remote = row.group(4);
        Optional<Ip> localIp = ip(local, v6);
        Optional<Ip> remoteIp = ip(remote, v6);
        int localPort = port(local);
        int remotePort = port(remote);
        if (localIp.isEmpty() || remoteIp.isEmpty() || localPort < 0 || remotePort < 0) {
            return Optional.empty();
        }
        boolean listening = row.group(1).equals("tcp") ? "LISTEN".equals(row.group(5)) : remote.equals("*.*");
        return Optional.of(new Socket(localIp.get(), localPort, remoteIp.get(), remotePort, listening));
    }

    private static Optional<Ip> ip(String endpoint, boolean v6) {
        String address = endpoint.substring(0, Math.max(0, endpoint.lastIndexOf('.')));
        if (address.equals("*")) {
            return Optional.of(v6 ? new Ip(0, 0) : Ip.v4(0));
        }
        int zone = address.indexOf('%');
        return Ip.parse(zone < 0 ? address : address.substring(0, zone));
    }

    private static int port(String endpoint) {
        return Ports.parse(endpoint.substring(endpoint.lastIndexOf('.') + 1));
    }
}
