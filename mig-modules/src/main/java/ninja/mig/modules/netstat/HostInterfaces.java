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
import java.util.function.Consumer;
import java.util.stream.Stream;
import ninja.mig.modules.Reason;

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
    public List<String> macs(Consumer<String> problems) throws IOException {
        List<String> macs = new ArrayList<>();
        if (Files.isDirectory(list)) {
            try (Stream<Path> interfaces = Files.list(list)) {
                for (Path each : interfaces.filter(Files::isDirectory).sorted().toList()) {
                    macs.add(mac(each.resolve("address"), problems));
                }
            }
            return macs;
        }
        for (NetworkInterface each : all()) {
            macs.add(mac(each, problems));
        }
        return macs;
    }

    private static String mac(NetworkInterface each, Consumer<String> problems) {
        try {
            byte[] mac = each.getHardwareAddress();
            return mac == null ? "" : known(HexFormat.ofDelimiter(":").formatHex(mac));
        } catch (SocketException e) {
            problems.accept("ERROR: the MAC address of " + each.getName() + " cannot be read: " + Reason.of(e));
            return "";
        }
    }

    private static String mac(Path file, Consumer<String> problems) {
        try (InputStream in = Files.newInputStream(file)) {
            return known(new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1)
                    .strip()
                    .toLowerCase(Locale.ROOT));
        } catch (NoSuchFileException e) {
            return ""; // the interface is gone
        } catch (IOException e) {
            problems.accept("ERROR: read " + file + ": " + Reason.of(e));
            return "";
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
