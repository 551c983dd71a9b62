package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
    static List<Mapping> read(byte[] maps) throws IOException {
        List<Mapping> mappings = new ArrayList<>();
        try (Maps reader = new Maps(new ByteArrayInputStream(maps))) {
            for (Optional<Mapping> next = reader.next(); next.isPresent(); next = reader.next()) {
                mappings.add(next.get());
            }
        }
        return mappings;
    }

    private static Mapping read(String line) throws IOException {
        return read(line.getBytes(StandardCharsets.UTF_8)).get(0);
    }

    @Test
    void readsTheFixture() throws Exception {
        List<String> libraries = read(MemoryModuleTest.fixture("maps")).stream()
                .filter(mapping -> mapping.isLibrary("/usr/sbin/exampled"))
                .map(Mapping::name)
                .distinct()
                .toList();

        List<String> expected = new ArrayList<>();
        MemoryModuleTest.expectedOfFixture().get("libraries").forEach(library -> expected.add(library.asText()));
        assertEquals(expected, libraries);
    }

    @Test
    void knowsWhatIsMemoryOfTheKernelOrOfADevice() throws Exception {
        for (String rest : List.of(
                "r--p 00000000 00:00 0                          [vvar]",
                "r--p 00000000 00:00 0                          [vvar_vclock]",
                "---p 00000000 00:00 0 ",
                "rw-s 00000000 00:06 9                          /dev/mem",
                "rw-s 00000000 00:06 9                          /dev/dri/card0",
                "rw-s 00000000 00:15 9                          /sys/devices/pci0000:00/resource0")) {
            assertFalse(read("1000-2000 " + rest).isSearched(), rest);
        }
        assertFalse(read("ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0 [vsyscall]")
                .isSearched());
        assertFalse(
                read("ffff800000000000-ffff800000001000 r-xp 00000000 00:00 0 ").isSearched());
        for (String rest : List.of(
                "r-xp 00000000 00:00 0                          [vdso]",
                "rw-s 00000000 00:05 77                         /dev/zero (deleted)",
                "rw-s 00000000 00:18 77                         /dev/shm/x",
                "rw-s 00000000 00:01 77                         /memfd:x (deleted)",
                "rw-p 00000000 00:00 0 ")) {
            assertTrue(read("1000-2000 " + rest).isSearched(), rest);
        }
    }

    @Test
    void takesOnlyPrivateMemoryWithoutAFileForZeroWhereItIsNotInUse() throws Exception {
        for (String rest :
                List.of("rw-p 00000000 00:00 0 ", "rw-p 00000000 00:00 0  [heap]", "rw-p 00000000 00:00 0  [anon:x]")) {
            assertTrue(read("1000-2000 " + rest).isAnonymous(), rest);
        }
        for (String rest : List.of(
                "r-xp 00000000 00:00 0  [vdso]",
                "rw-s 00000000 00:00 0 ",
                "rw-p 00000000 00:05 77 ",
                "rw-p 00000000 fe:00 77 /usr/bin/x")) {
            assertFalse(read("1000-2000 " + rest).isAnonymous(), rest);
        }
    }

    @Test
    void readsNamesAsTheKernelWritesThem() throws Exception {
        byte[] line = "1000-2000 r-xp 00000000 fe:00 77     /a  b\\012c? (deleted) \n".getBytes(StandardCharsets.UTF_8);
        line[line.length - 13] = (byte) 0xff;

        Mapping mapping = read(line).get(0);

        assertEquals("/a  b\\012c\ufffd (deleted) ", mapping.name());
        assertFalse(mapping.isLibrary("/a  b\nc\ufffd (deleted) "), "its executable");
        assertTrue(mapping.isLibrary("/a  b"));
        assertEquals("", read("1000-2000 r-xp 00000000 fe:00 77").name());
        assertEquals("", read("1000-2000 r-xp 00000000 fe:00 77 ").name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1000-2000",
                "1000 r-xp 00000000 fe:00 77 /x",
                "1000-2000 r-xp 00000000 fe:00",
                "1000-2000 r 00000000 fe:00 77 /x",
                "1000-20g0 r-xp 00000000 fe:00 77 /x",
                "-1000-2000 r-xp 00000000 fe:00 77 /x",
                "11111111111111111-2000 r-xp 00000000 fe:00 77 /x",
                "1000-2000 r-xp 00000000 fe:00 x /x"
            })
    void refusesWhatIsNoLineOfMaps(String line) {
        assertThrows(IOException.class, () -> read(line));
    }

    @Test
    void refusesALineWithoutEnd() {
        byte[] endless =
                "1000-2000 r-xp 00000000 fe:00 77 /".concat("x".repeat(100_000)).getBytes(StandardCharsets.UTF_8);

        assertThrows(IOException.class, () -> read(endless));
    }
}
