package ninja.mig.modules.netstat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The interfaces of this host. Java leaves out those without an IP address, so that Linux is asked in its own way. */
final class HostInterfaces implements Interfaces {
    /** Longer than any address of a link layer. */
    private static final int LONGEST = 256;

    private final Path list;

    /** @param list {@code /sys/class/net}; elsewhere than on Linux there is none */
    HostInterfaces(Path list) {
        this.list = list;
    }

    @Override
    public List<String> macs() throws IOException {
        List<String> macs = new ArrayList<>();
        if (Files.isDirectory(list)) {
            try (Stream<Path> interfaces = Files.list(list)) {
                for (Path each : interfaces.filter(Files::isDirectory).sorted().toList()) {
                    macs.add(mac(each.resolve("address")));
                }
            }
            return macs;
        }
        for (NetworkInterface each : all()) {
            byte[] mac = each.getHardwareAddress();
            macs.add(mac == null ? "" : known(HexFormat.ofDelimiter(":").formatHex(mac)));
        }
        return macs;
    }

    private static String mac(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return known(new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1)
                    .strip()
                    .toLowerCase(Locale.ROOT));
        } catch (NoSuchFileException e) {
            return ""; // the interface is gone
        }
    }

    private static String known(String mac) {
        return mac.matches("[0:]*") ? "" : mac;
    }

    @Override
    public List<Ip> addresses() throws IOException {
        List<Ip> addresses = new ArrayList<>();
        for (NetworkInterface each : all()) {
            for (InetAddress address : Collections.list(each.getInetAddresses())) {
                addresses.add(Ip.of(address.getAddress()));
            }
        }
        return addresses;
    }

    private static List<NetworkInterface> all() throws SocketException {
        return Collections.list(NetworkInterface.getNetworkInterfaces());
    }
}
