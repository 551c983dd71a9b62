package ninja.mig.modules.timedrift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NtpServersTest {
    private static final int PUBLIC = 5;

    @TempDir
    Path root;

    private List<String> hosts() {
        List<NtpServer> servers = NtpServers.ofHost(root);
        assertTrue(servers.stream().allMatch(server -> server.port() == 123));
        return servers.stream().map(NtpServer::host).toList();
    }

    private void write(String file, String text) throws Exception {
        Files.createDirectories(root.resolve(file).getParent());
        Files.write(root.resolve(file), text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void asksPublicServersWhereNoneAreConfigured() {
        List<String> hosts = hosts();

        assertEquals(PUBLIC, new HashSet<>(hosts).size());
        assertTrue(hosts.contains("time.nist.gov"));
    }

    @Test
    void asksTheHostsOwnServersFirst() throws Exception {
        write("etc/ntp.conf", """
                # server commented.example.net
                driftfile /var/lib/ntp/drift
                server ntp1.example.net iburst
                  server -4\t10.0.0.1
                server 127.127.1.0   # the local clock
                restrict 10.0.0.2
                pool 0.pool.ntp.org iburst
                server
                server bad_host
                server $(reboot)
                serverx.example.net
                """);
        write("etc/chrony/chrony.conf", "pool pool.example.net\nserver ntp1.example.net\nserver 2001:db8::1\n");

        List<String> hosts = hosts();

        assertEquals(
                List.of("ntp1.example.net", "10.0.0.1", "0.pool.ntp.org", "pool.example.net", "2001:db8::1"),
                hosts.subList(0, 5));
        assertEquals(5 + PUBLIC - 1, hosts.size());
        assertEquals(hosts.size(), new HashSet<>(hosts).size());
    }

    @Test
    void readsOddFilesWithBounds() throws Exception {
        write(
                "etc/ntp.conf",
                "\u00ff\u0000\n"
                        + IntStream.range(0, 100_000)
                                .mapToObj(i -> "server n" + i + ".example.net")
                                .collect(Collectors.joining("\n")));
        Files.createDirectories(root.resolve("etc/chrony.conf"));

        assertEquals(10 + PUBLIC, hosts().size());
    }
}
