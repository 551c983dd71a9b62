package ninja.mig.modules.netstat;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The programs of Windows, which speak the language of the host: words are not looked at. */
final class Windows implements Dialect {
    /** {@code 10.0.0.1  8c-70-5a-c8-be-50  dynamic}. */
    private static final Pattern NEIGHBOUR =
            Pattern.compile("\\s+([0-9.]+)\\s+([0-9a-fA-F]{2}(?:-[0-9a-fA-F]{2}){5,19})\\b.*");

    /** {@code TCP  [::1]:49712  [::1]:443  ESTABLISHED}. */
    private static final Pattern SOCKET =
            Pattern.compile("\\s+(TCP|UDP)\\s+(\\S+):([0-9]+)\\s+(\\S+):([0-9]+|\\*)(?:\\s.*)?");

    private final String folder;

    /** @param systemRoot usually {@code C:\Windows} */
    Windows(String systemRoot) {
        this.folder = systemRoot + "\\System32\\";
    }

    @Override
    public List<String> neighbours() {
        return List.of(folder + "arp.exe", "-a");
    }

    @Override
    public List<List<String>> sockets(boolean v6) {
        String suffix = v6 ? "v6" : "";
        return List.of(
                List.of(folder + "netstat.exe", "-na", "-p", "TCP" + suffix),
                List.of(folder + "netstat.exe", "-na", "-p", "UDP" + suffix));
    }

    @Override
    public Optional<Neighbour> neighbour(String line) {
        Matcher row = NEIGHBOUR.matcher(line);
        return row.matches() ? Ip.parse(row.group(1)).map(ip -> new Neighbour(ip, row.group(2))) : Optional.empty();
    }

    @Override
    public Optional<Socket> socket(String line) {
        Matcher row = SOCKET.matcher(line);
        if (!row.matches()) {
            return Optional.empty();
        }
        Optional<Ip> local = ip(row.group(2), false);
        int localPort = Ports.parse(row.group(3));
        int remotePort = Ports.parse(row.group(5));
        Optional<Ip> remote = ip(row.group(4), row.group(2).startsWith("["));
        if (local.isEmpty() || remote.isEmpty() || localPort < 0 || remotePort < 0) {
            return Optional.empty();
        }
        // The states are words of the host's language, but only who listens has a peer without a port.
        return Optional.of(new Socket(local.get(), localPort, remote.get(), remotePort, remotePort == 0));
    }

    private static Optional<Ip> ip(String text, boolean v6) {
        if (text.equals("*")) {
            return Optional.of(v6 ? new Ip(0, 0) : Ip.v4(0));
        }
        boolean brackets = text.startsWith("[") && text.endsWith("]");
        String address = brackets ? text.substring(1, text.length() - 1) : text;
        int zone = address.indexOf('%');
        return Ip.parse(zone < 0 ? address : address.substring(0, zone));
    }
}
