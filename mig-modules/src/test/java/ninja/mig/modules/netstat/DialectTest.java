package ninja.mig.modules.netstat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.re2j.Pattern;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;

/** What the programs of macOS and Windows print. */
class DialectTest {
    private static final String MAC_NETSTAT = """
            Active Internet connections (including servers)
            Proto Recv-Q Send-Q  Local Address                                 Foreign Address                               (state)
            tcp4       0      0  10.0.0.5.52345                                93.184.216.34.443                             ESTABLISHED
            tcp4       0     37  127.0.0.1.631                                 *.*                                           LISTEN
            tcp46      0      0  *.22                                          *.*                                           LISTEN
            tcp6       0      0  2001:db8::5.443                               2001:db8:1::9.55000                           CLOSE_WAIT
            tcp6       0      0  fe80::1%en0.546                               fe80::2%en0.547                               ESTABLISHED
            udp4       0      0  *.5353                                        *.*
            udp4       0      0  10.0.0.5.123                                  192.0.2.123.123
            udp4       0      0  *.*                                           *.*
            icm6       0      0  *.*                                           *.*
            tcp4       0      0  10.0.0.5.99999                                93.184.216.34.443                             ESTABLISHED
            tcp4       0      0  10.0.0.500.1                                  93.184.216.34.443                             ESTABLISHED
            """;

    private static final String MAC_ARP = """
            ? (10.0.0.1) at 8c:70:5a:c8:be:50 on en0 ifscope [ethernet]
            ? (10.0.0.77) at (incomplete) on en0 ifscope [ethernet]
            printer.example.net (10.0.0.9) at 0:1c:42:0:0:18 on en0 ifscope permanent [ethernet]
            ? (10.0.0.256) at 0:1c:42:0:0:18 on en0 ifscope [ethernet]
            """;

    private static final String WINDOWS_NETSTAT = """

            Aktive Verbindungen

              Proto  Lokale Adresse         Remoteadresse          Status
              TCP    0.0.0.0:135            0.0.0.0:0              ABH\u00d6REN
              TCP    10.0.0.5:49712         93.184.216.34:443      HERGESTELLT
              TCP    [::]:135               [::]:0                 LISTENING
              TCP    [fe80::1%4]:49700      [fe80::2%4]:445        ESTABLISHED
              UDP    0.0.0.0:123            *:*
              UDP    [::1]:1900             *:*
              TCP    nonsense               93.184.216.34:443      ESTABLISHED
              TCP    10.0.0.5:99999         93.184.216.34:443      ESTABLISHED
            """;

    private static final String WINDOWS_ARP = """

            Interface: 10.0.0.5 --- 0x4
              Internet Address      Physical Address      Type
              10.0.0.1              8c-70-5a-c8-be-50     dynamic
              224.0.0.22            01-00-5E-00-00-16     static
              10.0.0.255            ff-ff                 static
            """;

    private static <T> List<T> rows(String text, Function<String, Optional<T>> row) {
        return text.lines().flatMap(line -> row.apply(line).stream()).toList();
    }

    private static Socket socket(String local, int localPort, String remote, int remotePort, boolean listening) {
        return new Socket(
                Ip.parse(local).orElseThrow(), localPort, Ip.parse(remote).orElseThrow(), remotePort, listening);
    }

    private static Neighbour neighbour(String ip, String mac) {
        return new Neighbour(Ip.parse(ip).orElseThrow(), mac);
    }

    @Test
    void readsTheSocketsOfMacOs() {
        assertEquals(
                List.of(
                        socket("10.0.0.5", 52345, "93.184.216.34", 443, false),
                        socket("127.0.0.1", 631, "0.0.0.0", 0, true),
                        socket("::", 22, "::", 0, true),
                        socket("2001:db8::5", 443, "2001:db8:1::9", 55000, false),
                        socket("fe80::1", 546, "fe80::2", 547, false),
                        socket("0.0.0.0", 5353, "0.0.0.0", 0, true),
                        socket("10.0.0.5", 123, "192.0.2.123", 123, false),
                        socket("0.0.0.0", 0, "0.0.0.0", 0, true)),
                rows(MAC_NETSTAT, new Darwin()::socket));
    }

    @Test
    void readsTheNeighboursOfMacOs() {
        assertEquals(
                List.of(
                        neighbour("10.0.0.1", "8c:70:5a:c8:be:50"),
                        neighbour("10.0.0.77", ""),
                        neighbour("10.0.0.9", "00:1c:42:00:00:18")),
                rows(MAC_ARP, new Darwin()::neighbour));
    }

    @Test
    void readsTheSocketsOfWindowsInAnyLanguage() {
        assertEquals(
                List.of(
                        socket("0.0.0.0", 135, "0.0.0.0", 0, true),
                        socket("10.0.0.5", 49712, "93.184.216.34", 443, false),
                        socket("::", 135, "::", 0, true),
                        socket("fe80::1", 49700, "fe80::2", 445, false),
                        socket("0.0.0.0", 123, "0.0.0.0", 0, true),
                        socket("::1", 1900, "::", 0, true)),
                rows(WINDOWS_NETSTAT, new Windows("C:\\Windows")::socket));
    }

    @Test
    void readsTheNeighboursOfWindows() {
        assertEquals(
                List.of(neighbour("10.0.0.1", "8c-70-5a-c8-be-50"), neighbour("224.0.0.22", "01-00-5E-00-00-16")),
                rows(WINDOWS_ARP, new Windows("C:\\Windows")::neighbour));
    }

    @Test
    void findsAddressesWithDashesByColonsToo() {
        Neighbour neighbour = neighbour("10.0.0.1", "8c-70-5a-c8-be-50");

        assertTrue(neighbour.matches(Pattern.compile("^8c-70")));
        assertTrue(neighbour.matches(Pattern.compile("^8c:70")));
        assertFalse(neighbour.matches(Pattern.compile("^8c_70")));
        assertFalse(neighbour("10.0.0.77", "").matches(Pattern.compile(".*")), "what is not known matches nothing");
    }

    @Test
    void namesProgramsByTheirPaths() {
        assertEquals(List.of("/usr/sbin/arp", "-an"), new Darwin().neighbours());
        assertEquals(
                List.of("/usr/sbin/netstat", "-naW", "-f", "inet6"),
                new Darwin().sockets(true).get(0));
        assertEquals(
                List.of(
                        List.of("C:\\Windows\\System32\\netstat.exe", "-na", "-p", "TCP"),
                        List.of("C:\\Windows\\System32\\netstat.exe", "-na", "-p", "UDP")),
                new Windows("C:\\Windows").sockets(false));
    }

    /** Prints what a program of macOS prints, by a program that is here. */
    private record Printer(List<String> command) implements Dialect {
        @Override
        public List<String> neighbours() {
            return command;
        }

        @Override
        public List<List<String>> sockets(boolean v6) {
            return List.of(command);
        }

        @Override
        public Optional<Neighbour> neighbour(String line) {
            return new Darwin().neighbour(line);
        }

        @Override
        public Optional<Socket> socket(String line) {
            return new Darwin().socket(line);
        }
    }

    private static List<String> problems(RunContext context, List<Neighbour> found, String... command) {
        List<String> problems = new ArrayList<>();
        new PrintedTables(new Printer(List.of(command)), context, problems::add).neighbours(found::add);
        return problems;
    }

    @Test
    void runsTheProgramAndTellsHowItEnded() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        List<Neighbour> found = new ArrayList<>();
        String print = "echo '? (10.0.0.1) at 8c:70:5a:c8:be:50 on en0 ifscope [ethernet]'";

        assertEquals(List.of(), problems(RunContext.unlimited(), found, "/bin/sh", "-c", print));
        assertEquals(
                List.of("ERROR: /bin/sh ended with exit status 3"),
                problems(RunContext.unlimited(), found, "/bin/sh", "-c", print + "; exit 3"));
        assertEquals(2, found.size());
        String missing = problems(RunContext.unlimited(), found, "/no/such/arp").get(0);
        assertTrue(missing.startsWith("ERROR: /no/such/arp cannot be run: "), missing);
    }

    @Test
    void endsAProgramThatTakesTooLong() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        List<String> problems = new ArrayList<>();

        new PrintedTables(
                        new Printer(List.of("/bin/sh", "-c", "sleep 60")),
                        RunContext.unlimited(),
                        problems::add,
                        Duration.ofMillis(100))
                .neighbours(found -> {});

        assertEquals(List.of("ERROR: /bin/sh took longer than 0 s"), problems);
    }

    @Test
    void readsLinesThatEndAsOnWindows() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        List<Neighbour> found = new ArrayList<>();
        String print = "printf '? (10.0.0.1) at 8c:70:5a:c8:be:50 on en0 ifscope [ethernet]\\r\\n'";

        assertEquals(List.of(), problems(RunContext.unlimited(), found, "/bin/sh", "-c", print));
        assertEquals(List.of(neighbour("10.0.0.1", "8c:70:5a:c8:be:50")), found);
    }

    @Test
    void leavesAProgramThatGoesOnWhenItMustStop() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
        RunContext context = RunContext.unlimited();
        List<String> problems = new ArrayList<>();
        new PrintedTables(
                        new Printer(List.of(
                                "/bin/sh",
                                "-c",
                                "while :; do echo '? (10.0.0.1) at 8c:70:5a:c8:be:50 on en0 x'; done")),
                        context,
                        problems::add)
                .neighbours(found -> context.requestStop());

        assertEquals(List.of(), problems);
    }
}
