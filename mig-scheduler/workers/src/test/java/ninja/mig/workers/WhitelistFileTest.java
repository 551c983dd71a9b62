package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ninja.mig.model.QueueLoc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhitelistFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void createFile() throws IOException {
        file = Files.createFile(folder.resolve("agents_whitelist.txt"));
    }

    private static QueueLoc queueLoc(int number) {
        return new QueueLoc("linux", "host" + number + ".example.net", "58b3mndjmbb00");
    }

    private void add(QueueLoc queueLoc) throws IOException {
        WhitelistFile.open(file).add(queueLoc);
    }

    @Test
    void addsALine() throws Exception {
        Files.writeString(file, "# our agents\nre:linux.web[0-9].example.net.[a-z0-9]{13}\n");

        add(queueLoc(1));

        assertEquals(
                "# our agents\nre:linux.web[0-9].example.net.[a-z0-9]{13}\nlinux.host1.example.net.58b3mndjmbb00\n",
                Files.readString(file));
        assertTrue(WhitelistFile.open(file).lists(queueLoc(1)));
        assertFalse(WhitelistFile.open(file).lists(queueLoc(2)));
    }

    @Test
    void endsTheLineThatHasNoEnd() throws Exception {
        Files.writeString(file, "linux.a.1");

        add(queueLoc(1));

        assertEquals("linux.a.1\nlinux.host1.example.net.58b3mndjmbb00\n", Files.readString(file));
    }

    @Test
    void keepsBytesThatAreNoText() throws Exception {
        byte[] odd = {'#', (byte) 0xff, (byte) 0xfe, '\r', '\n'};
        Files.write(file, odd);

        add(queueLoc(1));

        byte[] content = Files.readAllBytes(file);
        assertEquals(odd.length + "linux.host1.example.net.58b3mndjmbb00\n".length(), content.length);
        assertEquals((byte) 0xff, content[1]);
    }

    @Test
    void addsNothingTwice() throws Exception {
        for (String there : List.of(
                queueLoc(1) + "\n",
                queueLoc(1) + " \r\nlinux.b.1\n",
                queueLoc(1).toString())) {
            Files.writeString(file, there);

            add(queueLoc(1));

            assertEquals(there, Files.readString(file));
        }
    }

    @Test
    void keepsTheMode() throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        add(queueLoc(1));

        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void keepsTheOwner() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
        Files.setAttribute(file, "unix:uid", 12345);
        Files.setAttribute(file, "unix:gid", 23456);

        add(queueLoc(1));

        assertEquals(12345, Files.getAttribute(file, "unix:uid"));
        assertEquals(23456, Files.getAttribute(file, "unix:gid"));
    }

    @Test
    void followsALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);

        WhitelistFile.open(link).add(queueLoc(1));

        assertTrue(Files.isSymbolicLink(link));
        assertEquals(queueLoc(1) + "\n", Files.readString(file));
    }

    @Test
    void leavesNothingElseBehind() throws Exception {
        add(queueLoc(1));
        add(queueLoc(2));

        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThrows(IOException.class, () -> WhitelistFile.open(folder.resolve("none")));
        assertThrows(IOException.class, () -> WhitelistFile.open(folder));
    }

    @Test
    void neverShowsHalfALine() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            int reads = 0;
            while (!done.get()) {
                assertWhole(read());
                reads++;
            }
            return reads;
        });

        for (int i = 0; i < 200; i++) {
            add(queueLoc(i));
        }
        done.set(true);

        assertTrue(reader.get(30, TimeUnit.SECONDS) > 0);
        assertEquals(200, Files.readAllLines(file).size());
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertWhole(String content) {
        List<String> lines = content.lines().toList();
        List<String> expected = IntStream.range(0, lines.size())
                .mapToObj(i -> queueLoc(i).toString())
                .toList();
        assertEquals(expected, lines);
        assertTrue(content.isEmpty() || content.endsWith("\n"));
    }

    /** Programs, since a Java program holds a lock as a whole. */
    @Test
    void severalProgramsLoseNoLine() throws Exception {
        List<Process> programs = Stream.of("0", "1", "2")
                .map(n -> List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Adder.class.getName(),
                        file.toString(),
                        n))
                .map(WhitelistFileTest::start)
                .toList();

        for (Process program : programs) {
            assertTrue(program.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, program.exitValue());
        }

        assertEquals(
                3 * Adder.EACH, Files.readAllLines(file).stream().distinct().count());
        assertEquals(3 * Adder.EACH, Files.readAllLines(file).size());
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds as many queuelocs as it can. */
    static final class Adder {
        static final int EACH = 100;

        private Adder() {}

        public static void main(String[] args) throws IOException {
            WhitelistFile whitelist = WhitelistFile.open(Path.of(args[0]));
            int first = Integer.parseInt(args[1]) * EACH;
            for (int i = first; i < first + EACH; i++) {
                whitelist.add(queueLoc(i));
            }
        }
    }
}
