package ninja.mig.modules.netstat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleProcess;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NetstatModuleTest {
    private static final String HEADER = "  sl  local_address rem_address   st\n";

    @TempDir
    Path folder;

    static Stream<VectorCase> valid() {
        return VectorCase.of("netstat/valid");
    }

    /** The interfaces of the vectors' fixture. */
    private record Recorded(JsonNode interfaces) implements Interfaces {
        static Recorded fixture() throws Exception {
            return new Recorded(MigJson.tree(Files.readAllBytes(resource("interfaces.json"))));
        }

        @Override
        public List<String> macs(Consumer<String> problems) {
            List<String> macs = new ArrayList<>();
            for (JsonNode each : interfaces.get("interfaces")) {
                String mac = each.get("mac").asText();
                macs.add(mac.equals("00:00:00:00:00:00") ? "" : mac);
            }
            return macs;
        }

        @Override
        public List<Ip> addresses() {
            List<Ip> addresses = new ArrayList<>();
            for (JsonNode each : interfaces.get("interfaces")) {
                each.get("addresses")
                        .forEach(a ->
                                addresses.add(Ip.parse(a.asText().split("/")[0]).orElseThrow()));
            }
            return addresses;
        }
    }

    private static Path resource(String name) throws Exception {
        return Path.of(NetstatModuleTest.class
                .getResource("/vectors/modules/netstat/fixture/" + name)
                .toURI());
    }

    private static NetstatModule recorded() throws Exception {
        return new NetstatModule("linux", resource("proc"), Recorded.fixture());
    }

    private NetstatModule of(Path proc) throws Exception {
        return new NetstatModule("linux", proc, Recorded.fixture());
    }

    private static ModuleResult run(NetstatModule module, String parameters) throws Exception {
        return run(module, parameters, RunContext.unlimited());
    }

    private static ModuleResult run(NetstatModule module, String parameters, RunContext context) throws Exception {
        return module.run(module.bind(MigJson.tree(parameters)), context);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        ModuleResult result = run(recorded(), vector.parameters(Path.of("/")));

        JsonNode expect = vector.json().get("expect");
        assertTrue(result.success());
        assertEquals(List.of(), result.errors());
        assertEquals(expect.get("elements"), MigJson.tree(MigJson.text(result.elements())));
        assertEquals(expect.get("foundanything").asBoolean(), result.foundAnything());
        assertEquals(
                expect.get("examined").asLong(),
                result.statistics().get("examined").asLong());
        assertEquals(
                expect.get("totalhits").asLong(),
                result.statistics().get("totalhits").asLong());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"localmac\":[\"\"]}",
                "{\"localmac\":[null]}",
                "{\"localmac\":\"a\"}",
                "{\"localmac\":[\"((a{100}){100}){100}\"]}",
                "{\"localmac\":[\"[a-\uffff]\"]}",
                "{\"connectedip\":[\"10.0.0.1\\u0000\"]}",
                "{\"connectedip\":[[]]}",
                "{\"listeningport\":[\"\"]}",
                "{\"listeningport\":[\"\u0662\u0662\"]}",
                "{\"listeningport\":[\"000022\"]}",
                "{\"namespaces\":\"true\"}",
                "{\"namespaces\":1}",
                "[]"
            })
    void refusesHostileParameters(String parameters) {
        assertThrows(RejectedException.class, () -> run(recorded(), parameters));
    }

    @Test
    void refusesMoreValuesThanItCanAnswer() throws Exception {
        String ports = MigJson.text(IntStream.rangeClosed(0, NetstatParameters.MOST_VALUES)
                .mapToObj(i -> "10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256)
                .toList());
        String expressions = MigJson.text(IntStream.rangeClosed(0, NetstatParameters.MOST_EXPRESSIONS)
                .mapToObj(i -> "^" + i)
                .toList());

        assertThrows(RejectedException.class, () -> run(recorded(), "{\"localip\":" + ports + "}"));
        assertThrows(RejectedException.class, () -> run(recorded(), "{\"localmac\":" + expressions + "}"));
    }

    @Test
    void printsWhatItFound() throws Exception {
        NetstatModule module = recorded();
        ModuleResult result = run(module, """
                {"localmac":["^52:54","^none"],"neighbormac":["^8C:70","^none"],"localip":["10.0.0.5","192.0.2.1"],
                 "neighborip":["10.0.0.1","192.0.2.1"],"connectedip":["10.1.2.3","192.0.2.1"],"listeningport":["22","23"]}""");

        List<String> found = List.of(
                "found local mac 52:54:00:12:34:56 for netstat localmac:'^52:54'",
                "found neighbor mac 8c:70:5a:c8:be:50 10.0.0.1 for netstat neighbormac:'^8C:70'",
                "found local ip 10.0.0.5 for netstat localip:'10.0.0.5'",
                "found neighbor IP 10.0.0.1 8c:70:5a:c8:be:50 for netstat neighborIP:'10.0.0.1'",
                "found connected tuple 10.1.2.3:50100 with local tuple 10.0.0.5:22 for netstat connectedip:'10.1.2.3'",
                "found listening port 22 for netstat listeningport:'22'");
        assertEquals(found, module.print(result, true));
        List<String> all = module.print(result, false);
        assertEquals(
                List.of(
                        "did not find anything for netstat neighbormac:'^none'",
                        "did not find anything for netstat localip:'192.0.2.1'",
                        "did not find anything for netstat neighborIP:'192.0.2.1'",
                        "did not find anything for netstat connectedip:'192.0.2.1'",
                        "did not find anything for netstat listeningport:'23'"),
                all.stream().filter(line -> line.startsWith("did not")).toList());
        assertTrue(
                all.get(all.size() - 1).startsWith("Statistics: total hits 6 examined 84 items exectime "),
                all::toString);
    }

    @Test
    void printsResultsOfOtherVersionsAndNonsense() throws Exception {
        ModuleResult other = MigJson.read("""
                {"foundanything":true,"success":true,"errors":["no\\u001b[2J"],"statistics":null,"elements":{
                 "connectedip":{"10.0.0.1":[{"remoteaddr":"10.0.0.1","namespace":"default"},
                                            {"remoteaddr":"10.0.0.1","localaddr":"10.0.0.2","namespace":"4026532001"}, 7],
                                "x":7,"y":"text"},
                 "localmac":[1,2],"listeningport":"text"}}""".getBytes(StandardCharsets.UTF_8), ModuleResult.class);

        List<String> lines = recorded().print(other, false);

        assertEquals(
                "found connected tuple 10.0.0.1:0 with local tuple :0 for netstat connectedip:'10.0.0.1'",
                lines.get(0));
        assertTrue(lines.get(1).endsWith("'10.0.0.1' namespace:[4026532001]"), lines::toString);
        assertEquals("error: no\\x1b[2J", lines.get(lines.size() - 1));
        assertEquals(List.of(), recorded().print(ModuleResult.EMPTY, true));
    }

    private Path net(String... files) throws IOException {
        Path net = Files.createDirectories(folder.resolve("net"));
        for (int i = 0; i < files.length; i += 2) {
            Files.writeString(net.resolve(files[i]), files[i + 1], StandardCharsets.ISO_8859_1);
        }
        return folder;
    }

    @Test
    void saysThatItIsAskedForNothingButUnknownNames() throws Exception {
        assertEquals(
                List.of("warning: nothing is asked for (unknown: connectedips)"),
                run(recorded(), "{\"ConnectedIPs\":[\"10.0.0.1\"],\"namespaces\":false}")
                        .errors());
        assertEquals(
                List.of(),
                run(recorded(), "{\"connectedips\":[],\"localip\":[\"10.0.0.1\"]}")
                        .errors());
    }

    @Test
    void saysThatItDoesNotLookAtNeighboursOfIpv6() throws Exception {
        for (String os : List.of("linux", "mac os x", "windows 11")) {
            NetstatModule module = new NetstatModule(os, resource("proc"), Recorded.fixture());

            ModuleResult result = run(
                    module,
                    "{\"neighborip\":[\"fe80::1\",\"10.0.0.1\",\"::ffff:10.0.0.1\",\"::/0\"],\"connectedip\":[\"fe80::2\"]}");

            assertTrue(result.success());
            assertTrue(result.elements().get("neighborip").get("fe80::1").isNull());
            assertEquals(
                    List.of(
                            "ERROR: neighborip 'fe80::1': neighbours of IPv6 are not looked at on this system",
                            "ERROR: neighborip '::/0': neighbours of IPv6 are not looked at on this system"),
                    result.errors().stream()
                            .filter(error -> error.contains("neighborip"))
                            .toList());
        }
    }

    private static final String ROW = "   0: 0500000A:0016 0302010A:C3B4 0A 0 0\n";

    @Test
    void needsNoTablesOfIpv6ButThoseOfIpv4() throws Exception {
        Path proc = net("tcp", HEADER + ROW, "udp", HEADER);
        assertEquals(List.of(), run(of(proc), "{\"listeningport\":[\"22\"]}").errors());

        Files.delete(proc.resolve("net/udp"));
        ModuleResult result = run(of(proc), "{\"listeningport\":[\"22\"],\"neighborip\":[\"10.0.0.1\"]}");
        assertTrue(result.success());
        assertTrue(result.foundAnything());
        assertEquals(
                List.of(
                        "ERROR: read " + proc + "/net/arp: no such file or directory",
                        "ERROR: read " + proc + "/net/udp: no such file or directory"),
                result.errors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "0: 0500000A:0016 0302010A:C3B4",
                "0: 0500000A:0016 0302010A:C3B 01",
                "0: 0500000A-0016 0302010A:C3B4 01",
                "0: 0500000:0016 0302010A:C3B4 01",
                "0: 0500000G:0016 0302010A:C3B4 01",
                "0: :0016 0302010A:C3B4 01",
                "0: 0 0 0",
                "0: +500000A:0016 0302010A:C3B4 01"
            })
    void leavesOutLinesThatAreNoRows(String line) throws Exception {
        Path proc = net("tcp", HEADER + ROW + line + "\n\n" + ROW, "udp", HEADER);

        ModuleResult result = run(of(proc), "{\"connectedip\":[\"0.0.0.0/0\"]}");

        assertEquals(2, result.statistics().get("totalhits").asInt());
        assertEquals(
                List.of("ERROR: read " + proc + "/net/tcp: 2 lines are no rows of this table and were left out"),
                result.errors());
    }

    @Test
    void readsLinesOfAnyLengthAndTheLastOneWithoutAnEnd() throws Exception {
        Path proc = net(
                "tcp",
                HEADER + ROW.strip() + " ".repeat(1 << 20) + "\n" + "x".repeat(1 << 20) + "\n" + ROW.strip(),
                "udp",
                "");

        ModuleResult result = run(of(proc), "{\"connectedip\":[\"10.1.2.3\"]}");

        assertEquals(2, result.statistics().get("totalhits").asInt());
        assertEquals(1, result.errors().size());
    }

    @Test
    void sharesTheRoomOfAResultAmongTheValuesAndSaysWhatWasCut() throws Exception {
        int rows = 20_000;
        Path proc = net("udp", HEADER);
        try (BufferedWriter out = Files.newBufferedWriter(proc.resolve("net/tcp"))) {
            out.write(HEADER);
            for (int i = 0; i < rows; i++) {
                out.write(ROW);
            }
        }
        ModuleResult result = run(
                of(proc), "{\"connectedip\":[\"0.0.0.0/0\",\"10.0.0.0/8\",\"192.0.2.1\"],\"listeningport\":[\"22\"]}");

        int most = 3 * (Findings.ROOM / 4) + Findings.ROOM;
        int each = most / 3;
        assertTrue(each < rows);
        JsonNode connected = result.elements().get("connectedip");
        JsonNode listening = result.elements().get("listeningport");
        for (JsonNode elements :
                List.of(connected.get("0.0.0.0/0"), connected.get("10.0.0.0/8"), listening.get("22"))) {
            assertTrue(elements.size() == each || elements.size() == each + 1, "elements: " + elements.size());
        }
        assertEquals(NullNode.getInstance(), connected.get("192.0.2.1"));
        assertEquals(most, result.statistics().get("totalhits").asLong());
        assertEquals(4L * rows, result.statistics().get("examined").asLong());
        assertEquals(3, result.errors().size());
        assertTrue(
                result.errors()
                        .get(0)
                        .matches("warning: connectedip:'0.0.0.0/0' was cut: 1458[0-9] of 20000 elements are returned"),
                result.errors()::toString);
    }

    @Test
    void keepsFewErrors() throws Exception {
        Findings findings = new Findings(recorded().bind(NullNode.getInstance()), Clock.systemUTC());
        IntStream.range(0, 5000).forEach(i -> findings.error("error " + i));
        findings.error("error 1");

        List<String> errors = findings.document().errors();

        assertEquals(1001, errors.size());
        assertEquals("warning: 4000 more errors were left out", errors.get(1000));
    }

    @Test
    void stopsInTheMiddleOfATable() throws Exception {
        RunContext context = RunContext.unlimited();
        Interfaces stopping = new Interfaces() {
            @Override
            public List<String> macs(Consumer<String> problems) {
                return List.of("aa:bb:cc:dd:ee:ff");
            }

            @Override
            public List<Ip> addresses() {
                context.requestStop();
                return List.of();
            }
        };
        NetstatModule module = new NetstatModule("linux", resource("proc"), stopping);

        ModuleResult result =
                run(module, "{\"localmac\":[\".\"],\"localip\":[\"::1\"],\"connectedip\":[\"0.0.0.0/0\"]}", context);

        assertTrue(context.mustStop());
        assertEquals(1, result.statistics().get("totalhits").asInt());
        assertEquals(1, result.statistics().get("examined").asInt());
    }

    @Test
    void masksPeersWhereTheEndpointWantsPrivacy() throws Exception {
        ModuleResult result = ModuleProcess.result(
                recorded(),
                MigJson.tree("{\"connectedip\":[\"10.1.0.0/16\"]}"),
                new RunContext(Clock.systemUTC(), Optional.empty(), true));

        JsonNode element =
                result.elements().get("connectedip").get("10.1.0.0/16").get(0);
        assertEquals("masked", element.get("remoteaddr").asText());
        assertEquals(50100, element.get("remoteport").asInt());
    }

    @Test
    void asksInADialog() throws Exception {
        ModuleDialog dialog = recorded().dialog().orElseThrow();

        assertEquals("search> ", dialog.prompt());
        assertEquals(1, dialog.enter("listeningport 65536").size());
        assertEquals(1, dialog.enter("localmac (").size());
        for (String line : List.of("listeningport 22", "connectedip 10.0.0.0/8", "namespaces", "done")) {
            assertEquals(List.of(), dialog.enter(line));
        }
        assertEquals(
                "{\"connectedip\":[\"10.0.0.0/8\"],\"listeningport\":[\"22\"],\"namespaces\":true}",
                MigJson.text(dialog.parameters().orElseThrow()));
    }

    @Test
    void tellsWhatItCannotList() throws Exception {
        Interfaces broken = new Interfaces() {
            @Override
            public List<String> macs(Consumer<String> problems) throws IOException {
                throw new NoSuchFileException("/sys/class/net");
            }

            @Override
            public List<Ip> addresses() throws IOException {
                throw new IOException("Too many open files");
            }
        };
        ModuleResult result = run(
                new NetstatModule("linux", resource("proc"), broken),
                "{\"localmac\":[\".\"],\"localip\":[\"::1\"],\"listeningport\":[\"22\"]}");

        assertEquals(
                List.of(
                        "ERROR: the MAC addresses of this host cannot be listed: /sys/class/net: no such file or directory",
                        "ERROR: the addresses of this host cannot be listed: too many open files"),
                result.errors());
        assertTrue(result.foundAnything());
    }

    @Test
    void tellsTheOtherMacsIfOneCannotBeRead() throws Exception {
        for (String name : List.of("eth0", "eth2", "gone", "lo")) {
            Files.createDirectory(folder.resolve(name));
        }
        Files.writeString(folder.resolve("eth0/address"), "8C:70:5A:C8:BE:50\n");
        Files.createDirectories(folder.resolve("eth1/address")); // this cannot be read
        Files.writeString(folder.resolve("eth2/address"), "8c:70:5a:c8:be:52\n");
        Files.writeString(folder.resolve("lo/address"), "00:00:00:00:00:00\n");
        List<String> problems = new ArrayList<>();

        assertEquals(
                List.of("8c:70:5a:c8:be:50", "", "8c:70:5a:c8:be:52", "", ""),
                new HostInterfaces(folder).macs(problems::add));
        assertEquals(List.of("ERROR: read " + folder + "/eth1/address: is a directory"), problems);
    }

    /** A process in a namespace of which these are the sockets. */
    private void process(Path proc, String pid, String namespace, String rows) throws IOException {
        Path process = Files.createDirectories(proc.resolve(pid));
        Files.createDirectories(process.resolve("ns"));
        Files.createSymbolicLink(process.resolve("ns/net"), Path.of("net:[" + namespace + "]"));
        Path net = Files.createDirectories(process.resolve("net"));
        Files.writeString(net.resolve("tcp"), HEADER + rows);
        Files.writeString(net.resolve("udp"), HEADER);
        Files.writeString(net.resolve("fib_trie"), """
                Main:
                  +-- 0.0.0.0/0 3 0 5
                     |-- 0.0.0.0
                        /0 universe UNICAST
                     +-- 127.0.0.0/31 1 0 0
                        |-- 127.0.0.0
                           /8 host LOCAL
                        |-- 127.0.0.1
                           /32 host LOCAL
                     |-- 172.17.0.%1$s
                        /32 host LOCAL
                     |-- 172.17.255.255
                        /32 link BROADCAST
                Local:
                     |-- 172.17.0.%1$s
                        /32 host LOCAL
                """.formatted(namespace.substring(0, 1)));
        Files.writeString(
                net.resolve("if_inet6"),
                "fe800000000000005054fffefe12345" + namespace.charAt(0) + " 02 40 20 80 eth0\nnonsense\n");
        Files.writeString(
                net.resolve("arp"),
                "IP address HW type\n10.0.0." + namespace.charAt(0) + " 0x1 0x2 aa:bb:cc:dd:ee:ff\n");
    }

    @Test
    void looksIntoEveryNamespaceOnce() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "there are no such names");
        process(folder, "10", "1000", ROW);
        process(folder, "9", "2000", ROW + ROW);
        process(folder, "11", "1000", ROW + ROW + ROW);
        process(folder, "12x", "3000", ROW);
        process(folder, "13", "nonsense", ROW);
        Files.createDirectories(folder.resolve("14"));
        Files.createSymbolicLink(folder.resolve("self"), Path.of("10"));

        ModuleResult result = run(
                of(folder),
                "{\"localmac\":[\"^52\"],\"neighborip\":[\"10.0.0.1\"],\"listeningport\":[\"22\"],\"namespaces\":true}");

        List<String> namespaces = new ArrayList<>();
        result.elements()
                .get("listeningport")
                .get("22")
                .forEach(e -> namespaces.add(e.get("namespace").asText()));
        assertEquals(List.of("2000", "2000", "1000"), namespaces);
        assertEquals(
                "1000",
                result.elements()
                        .get("neighborip")
                        .get("10.0.0.1")
                        .get(0)
                        .get("namespace")
                        .asText());
        assertEquals(
                "1000",
                result.elements()
                        .get("localmac")
                        .get("^52")
                        .get(0)
                        .get("namespace")
                        .asText());
        assertEquals(List.of(), result.errors());
        assertTrue(recorded()
                .print(result, true)
                .contains("found listening port 22 for netstat listeningport:'22' namespace:[1000]"));
    }

    @Test
    void findsTheAddressesOfNamespaces() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "there are no such names");
        process(folder, "10", "1000", "");
        process(folder, "11", "2000", "");

        ModuleResult result =
                run(of(folder), "{\"localip\":[\"172.17.0.0/16\",\"fe80::/10\",\"127.0.0.0/8\"],\"namespaces\":true}");

        assertEquals(
                MigJson.tree("""
                        {"172.17.0.0/16":[{"namespace":"1000","localaddr":"172.17.0.1"},{"namespace":"2000","localaddr":"172.17.0.2"}],
                         "fe80::/10":[{"namespace":"1000","localaddr":"fe80::5054:fffe:fe12:3451"},
                                      {"namespace":"2000","localaddr":"fe80::5054:fffe:fe12:3452"}],
                         "127.0.0.0/8":[{"namespace":"1000","localaddr":"127.0.0.1"},{"namespace":"2000","localaddr":"127.0.0.1"}]}"""), MigJson.tree(MigJson.text(result.elements().get("localip"))));
        assertEquals(List.of(), result.errors());
        assertEquals(18, result.statistics().get("examined").asInt());
    }

    @Test
    void takesAnotherProcessOfANamespaceIfTheFirstHasEnded() throws Exception {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "there are no such names");
        process(folder, "10", "1000", ROW);
        process(folder, "11", "1000", ROW + ROW);
        List<String> problems = new ArrayList<>();
        List<ProcTables> tables = new Namespaces(folder, RunContext.unlimited(), problems::add).tables();
        // Its number was given to a process in another namespace.
        Files.delete(folder.resolve("10/ns/net"));
        Files.createSymbolicLink(folder.resolve("10/ns/net"), Path.of("net:[2000]"));
        List<Socket> found = new ArrayList<>();

        tables.get(0).sockets(false, found::add);
        assertEquals(2, found.size());
        assertEquals(List.of(), problems);

        Files.delete(folder.resolve("11/ns/net"));
        tables.get(0).sockets(false, found::add);
        assertEquals(2, found.size());
        assertEquals(2, problems.size());
        assertTrue(
                problems.get(0).endsWith("/net/tcp: the processes of namespace 1000 have ended"), problems::toString);
    }

    @Test
    void saysThatOnlyLinuxHasNamespaces() throws Exception {
        ModuleResult result = run(
                new NetstatModule("mac os x", folder, Recorded.fixture()),
                "{\"localmac\":[\".\"],\"namespaces\":true}");

        assertEquals(List.of("warning: only Linux has network namespaces"), result.errors());
        assertFalse(result.elements().toString().contains("namespace"));
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux");
    }

    @Test
    void findsTheSocketsOfThisHost() throws Exception {
        assumeTrue(isLinux(), "the programs of this system may be missing");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = server.getLocalPort();
            ModuleResult result = run(
                    new NetstatModule(),
                    "{\"listeningport\":[\"" + port
                            + "\"],\"localip\":[\"127.0.0.0/8\"],\"neighborip\":[\"0.0.0.0/0\"],"
                            + "\"localmac\":[\".\"]}");

            assertEquals(List.of(), result.errors());
            assertEquals(
                    "127.0.0.1",
                    result.elements()
                            .get("listeningport")
                            .get(Integer.toString(port))
                            .get(0)
                            .get("localaddr")
                            .asText());
            assertTrue(result.elements().get("localip").get("127.0.0.0/8").size() >= 1);
        }
    }

    /** Listens, says where, and waits to be killed. */
    static final class Listener {
        private Listener() {}

        public static void main(String[] args) throws Exception {
            try (ServerSocket server = new ServerSocket(0)) {
                System.out.println(server.getLocalPort());
                System.in.transferTo(System.err);
            }
        }
    }

    @Test
    void findsAListenerInAnotherNamespaceOfThisHost() throws Exception {
        assumeTrue(isLinux(), "only Linux has namespaces");
        assumeTrue(
                new ProcessBuilder("unshare", "-rn", "true").start().waitFor() == 0,
                "the kernel makes no namespaces for us");
        Process listener = new ProcessBuilder(
                        "unshare",
                        "-rn",
                        System.getProperty("java.home") + "/bin/java",
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Listener.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = new BufferedReader(new InputStreamReader(listener.getInputStream()))) {
            String port = out.readLine();
            String parameters = "{\"listeningport\":[\"" + port + "\"],\"namespaces\":";

            ModuleResult everywhere = run(new NetstatModule(), parameters + "true}");

            String expected = Files.readSymbolicLink(Path.of("/proc/" + listener.pid() + "/ns/net"))
                    .toString()
                    .replaceAll("[^0-9]", "");
            List<String> namespaces = new ArrayList<>();
            everywhere
                    .elements()
                    .get("listeningport")
                    .get(port)
                    .forEach(e -> namespaces.add(e.get("namespace").asText()));
            assertTrue(namespaces.contains(expected), everywhere::toString);
        } finally {
            listener.destroyForcibly().waitFor();
        }
    }
}
