package ninja.mig.modules.timedrift;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.modules.Addresses;

/** Whom to ask for the time: first those that the host itself asks, then public ones in any order. */
final class NtpServers {
    private static final List<String> FILES = List.of("etc/ntp.conf", "etc/chrony.conf", "etc/chrony/chrony.conf");

    private static final List<String> PUBLIC =
            List.of("time.nist.gov", "0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org");

    /** Names servers for tests, which ask no others: {@code host:port}, commas between them. */
    static final String PROPERTY = "mig.timedrift.servers";

    private static final Pattern GIVEN = Pattern.compile("\\[?([^\\[\\]]+)]?:([0-9]{1,5})");

    private static final int LARGEST_FILE = 1 << 20;
    private static final int MOST_OF_FILES = 10;

    /** Addresses of the reference clocks of ntpd, which are no servers. */
    private static final String CLOCKS = "127.127.";

    private NtpServers() {}

    /** Those of the system property, else those of the host. */
    static List<NtpServer> toAsk() {
        String given = System.getProperty(PROPERTY, "");
        return given.isEmpty()
                ? ofHost(Path.of("/"))
                : Arrays.stream(given.split(",")).map(NtpServers::given).toList();
    }

    private static NtpServer given(String text) {
        Matcher server = GIVEN.matcher(text);
        if (!server.matches()) {
            throw new IllegalArgumentException(PROPERTY + " has '" + text + "', expected host:port");
        }
        return new NtpServer(server.group(1), Integer.parseInt(server.group(2)));
    }

    /** @param root the root of the file system */
    static List<NtpServer> ofHost(Path root) {
        Set<String> hosts = new LinkedHashSet<>();
        for (String file : FILES) {
            configured(root.resolve(file)).stream()
                    .filter(host -> hosts.size() < MOST_OF_FILES)
                    .forEach(hosts::add);
        }
        List<String> others = new ArrayList<>(PUBLIC);
        Collections.shuffle(others);
        hosts.addAll(others);
        return hosts.stream().map(host -> new NtpServer(host, NtpServer.PORT)).toList();
    }

    /** The {@code server} and {@code pool} lines of a file; none if it cannot be read, as others are asked then. */
    private static List<String> configured(Path file) {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LARGEST_FILE), StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(line -> line.strip().replaceFirst("\\s+-[46]\\s", " ").split("\\s+"))
                    .filter(words -> words.length > 1 && (words[0].equals("server") || words[0].equals("pool")))
                    .map(words -> words[1])
                    .filter(host ->
                            Addresses.isHostName(host) || Addresses.parse(host).isPresent())
                    .filter(host -> !host.startsWith(CLOCKS))
                    .toList();
        } catch (IOException e) {
            System.err.println(file + " cannot be read: " + e);
            return List.of();
        }
    }
}
