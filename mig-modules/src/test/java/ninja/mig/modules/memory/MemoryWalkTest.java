package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import ninja.mig.modules.memory.FakeProcesses.FakeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way through the memory of a process whose layout is known. */
class MemoryWalkTest {
    private static final int PIECE = MemoryWalk.PIECE;
    private static final long START = 0x10000;
    private static final byte[] NEEDLE = ascii("NEEDLEXY");

    private final FakeProcesses processes = new FakeProcesses();
    private final FakeProcess process = processes.add(7, "/bin/x");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] put(byte[] memory, int at, byte[] what) {
        System.arraycopy(what, 0, memory, at, what.length);
        return memory;
    }

    private static String bytes(byte[] what) {
        return "\"bytes\":[\"" + HexFormat.of().formatHex(what) + "\"]";
    }

    private ModuleResult run(String conditions) throws Exception {
        MemoryModule module = new MemoryModule(() -> processes, Set.of(), Duration.ofMinutes(1));
        return module.run(
                module.bind(MigJson.tree("{\"searches\":{\"s\":{" + conditions + "}}}")), RunContext.unlimited());
    }

    private boolean finds(String conditions) throws Exception {
        ModuleResult result = run(conditions);
        assertTrue(result.success(), MigJson.pretty(result));
        return result.foundAnything();
    }

    static Stream<VectorCase> positions() {
        return VectorCase.of("memory/window");
    }

    @ParameterizedTest
    @MethodSource("positions")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        JsonNode json = vector.json();
        byte[] pattern = HexFormat.of().parseHex(json.get("pattern_hex").asText());
        process.map(
                START,
                put(
                        new byte[json.get("region_size").asInt()],
                        json.get("pattern_offset").asInt(),
                        pattern));

        assertEquals(json.get("expect").get("found").asBoolean(), finds(bytes(pattern)));
        assertEquals(
                json.get("expect").get("found").asBoolean(),
                finds("\"contents\":[\"" + new String(pattern, StandardCharsets.US_ASCII) + "\"]"));
    }

    @Test
    void readsTheRegionsOfTheFixture() throws Exception {
        List<String> expected = new ArrayList<>();
        for (JsonNode region : MemoryModuleTest.expectedOfFixture().get("regions")) {
            expected.add(region.get("start").asText() + "-" + region.get("end").asText());
        }
        new String(MemoryModuleTest.fixture("maps"), StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> {
                    String[] range = line.substring(0, line.indexOf(' ')).split("-");
                    long start = Long.parseUnsignedLong(range[0], 16);
                    long length = Long.parseUnsignedLong(range[1], 16) - start;
                    if (length < 1 << 24) {
                        process.map(start, new byte[(int) length], line.substring(line.indexOf(' ') + 1));
                    } else {
                        process.line(line);
                    }
                });

        assertFalse(finds(bytes(NEEDLE)));

        assertEquals(expected, merged(process.reads));
    }

    private static List<String> merged(List<long[]> reads) {
        List<String> merged = new ArrayList<>();
        long start = reads.get(0)[0];
        for (int i = 0; i < reads.size(); i++) {
            if (i + 1 == reads.size() || reads.get(i + 1)[0] != reads.get(i)[1]) {
                merged.add(Long.toHexString(start) + "-" + Long.toHexString(reads.get(i)[1]));
                start = i + 1 == reads.size() ? 0 : reads.get(i + 1)[0];
            }
        }
        return merged;
    }

    @ParameterizedTest
    @ValueSource(ints = {MemoryScan.LEAST_OVERLAP, MemoryScan.CONTENT_OVERLAP})
    void missesNothingWhereAPieceEnds(int overlap) throws Exception {
        String condition = overlap == MemoryScan.CONTENT_OVERLAP ? "\"contents\":[\"NEEDLE[A-Z]Y\"]" : bytes(NEEDLE);
        byte[] memory = new byte[3 * PIECE];
        process.map(START, memory);
        for (int end : List.of(PIECE, PIECE - overlap, 2 * PIECE - overlap, 2 * PIECE - 2 * overlap)) {
            for (int distance : List.of(-NEEDLE.length, -4, -1, 0)) {
                put(memory, end + distance, NEEDLE);
                assertTrue(finds(condition), "at " + (end + distance));
                put(memory, end + distance, new byte[NEEDLE.length]);
            }
        }
    }

    @Test
    void findsLongMatchesWhereAPieceEnds() throws Exception {
        byte[] longString = new byte[Check.LONGEST_BYTES];
        Arrays.fill(longString, (byte) 'b');
        longString[0] = 'A';
        longString[longString.length - 1] = 'C';
        for (int place : List.of(PIECE - longString.length, PIECE - longString.length / 2, PIECE - 1, PIECE)) {
            FakeProcess one = processes.add(8, "/bin/y");
            one.map(START, put(new byte[2 * PIECE], place, longString));

            assertTrue(finds(bytes(longString)), "at " + place);
            assertTrue(finds("\"contents\":[\"Ab+C\"]"), "at " + place);
        }
    }

    @Test
    void takesNeighbouringMappingsForOne() throws Exception {
        byte[] first = put(new byte[8192], 8192 - 3, ascii("NEE"));
        byte[] second = put(new byte[4096], 0, ascii("DLEXY"));
        process.map(START, first).map(START + 8192, second, "r-xp 00000000 fe:00 77   /lib/x.so");

        assertTrue(finds(bytes(NEEDLE)));
        assertTrue(finds("\"contents\":[\"NEED.E\"]"));
    }

    @Test
    void findsNothingAcrossAGap() throws Exception {
        byte[] first = put(new byte[8192], 8192 - 3, ascii("NEE"));
        byte[] second = put(new byte[4096], 0, ascii("DLEXY"));
        process.map(START, first)
                .line("%x-%x ---p 00000000 00:00 0 ".formatted(START + 8192, START + 12288))
                .map(START + 12288, second);

        assertFalse(finds(bytes(NEEDLE)));
        assertFalse(finds("\"contents\":[\"NEED.E\"]"));
    }

    @Test
    void findsNothingAcrossWhatCannotBeRead() throws Exception {
        byte[] memory = new byte[5 * 4096];
        put(put(memory, 4096 - 3, ascii("NEE")), 2 * 4096, ascii("DLEXY"));
        put(memory, 4 * 4096, ascii("BEHIND"));
        process.map(START, memory).unreadable(START + 4096).unreadable(START + 3 * 4096);

        assertFalse(finds(bytes(NEEDLE)));
        ModuleResult result = run("\"contents\":[\"BEHIND\"],\"options\":{\"logfailures\":true}");
        assertTrue(result.foundAnything());
        assertEquals(
                "[\"read memory of process 7 at 11000: input/output error\"]",
                MigJson.text(result.statistics().get("failures")));
        assertFalse(run("\"contents\":[\"BEHIND\"]").statistics().has("failures"));
        assertEquals(3 * 4096, result.statistics().get("memoryread").asLong());
    }

    @Test
    void givesUpAMappingThatCannotBeReadAndGoesOn() throws Exception {
        process.line("100000000-7fff00000000 rw-s 00000000 fe:00 9 /gone")
                .map(0x7fff00010000L, put(new byte[4096], 100, NEEDLE));

        ModuleResult result = run(bytes(NEEDLE));

        assertTrue(result.foundAnything());
        assertEquals(
                "[\"read memory of process 7: left out 100400000-7fff00000000, since 1024 pages of that mapping"
                        + " cannot be read\"]",
                MigJson.text(result.statistics().get("failures")));
    }

    @Test
    void looksAtTheGivenPartAlone() throws Exception {
        process.map(START, put(new byte[8192], 5000, NEEDLE))
                .map(START + 0x100000, put(new byte[4096], 0, ascii("OTHER")));
        String needle = bytes(NEEDLE) + ",\"options\":{\"offset\":%d,\"maxlength\":%d}";
        String content = "\"contents\":[\"NE+DLEXY\"],\"options\":{\"offset\":%d,\"maxlength\":%d}";
        for (String search : List.of(needle, content)) {
            assertTrue(finds(search.formatted(START + 5000, 0)));
            assertFalse(finds(search.formatted(START + 5001, 0)));
            assertTrue(finds(search.formatted(0, 5008)));
            assertFalse(finds(search.formatted(0, 5007)));
            assertTrue(finds(search.formatted(START + 4990, 18)));
            assertFalse(finds(search.formatted(START + 4990, 17)));
            assertFalse(finds(search.formatted(START + 0x200000, 0)));
        }
        // The gap between the mappings does not count.
        assertTrue(finds("\"contents\":[\"OTHER\"],\"options\":{\"offset\":%d,\"maxlength\":%d}"
                .formatted(START + 8000, 192 + 5)));
        assertFalse(finds("\"contents\":[\"OTHER\"],\"options\":{\"offset\":%d,\"maxlength\":%d}"
                .formatted(START + 8000, 192 + 4)));
    }

    @Test
    void readsNoMoreThanWanted() throws Exception {
        process.map(START, new byte[4 * PIECE]);

        ModuleResult result =
                run(bytes(NEEDLE) + ",\"options\":{\"offset\":%d,\"maxlength\":5000}".formatted(START + 10));

        assertEquals(5000, result.statistics().get("memoryread").asLong());
        assertEquals(List.of("1000a-11392"), merged(process.reads));
    }

    @Test
    void stopsReadingWhenAllIsFound() throws Exception {
        process.map(START, put(new byte[8 * PIECE], 10, NEEDLE));

        assertEquals(PIECE, run(bytes(NEEDLE)).statistics().get("memoryread").asLong());
    }

    @Test
    void answersForSeveralSearchesAsForEachAlone() throws Exception {
        byte[] memory =
                put(put(put(new byte[3 * PIECE], 100, NEEDLE), 2 * PIECE, ascii("SECOND")), PIECE, ascii("third"));
        process.map(START, memory).map(START + 16 * PIECE, put(new byte[PIECE], 77, ascii("FOURTH")));
        List<String> searches = List.of(
                bytes(NEEDLE),
                bytes(NEEDLE) + ",\"options\":{\"offset\":%d}".formatted(START + 101),
                "\"contents\":[\"SECON[A-Z]\",\"th[i]rd\"],\"options\":{\"matchall\":true}",
                "\"contents\":[\"SECON[A-Z]\",\"th[i]rd\"],\"options\":{\"maxlength\":%d}".formatted(PIECE + 5),
                "\"contents\":[\"FOURTH\"],\"options\":{\"offset\":%d}".formatted(START + 4 * PIECE),
                "\"contents\":[\"nowhere\"],\"bytes\":[\"4e45\"],\"options\":{\"matchall\":true}");
        StringBuilder together = new StringBuilder("{\"searches\":{");
        for (int i = 0; i < searches.size(); i++) {
            together.append(i == 0 ? "" : ",").append("\"s" + i + "\":{" + searches.get(i) + "}");
        }
        MemoryModule module = new MemoryModule(() -> processes, Set.of(), Duration.ofMinutes(1));

        ModuleResult result = module.run(module.bind(MigJson.tree(together + "}}")), RunContext.unlimited());

        for (int i = 0; i < searches.size(); i++) {
            assertEquals(
                    run(searches.get(i)).elements().get("s"), result.elements().get("s" + i), searches.get(i));
        }
        assertEquals("[1, 0, 1, 1, 1, 0]", hits(result).toString());
        assertEquals(4L * PIECE, result.statistics().get("memoryread").asLong(), "one walk");
    }

    private static List<Long> hits(ModuleResult result) {
        List<Long> hits = new ArrayList<>();
        result.elements()
                .forEach(entries -> hits.add(entries.findValues("pid").stream()
                        .filter(pid -> pid.asLong() > 0)
                        .count()));
        return hits;
    }

    @Test
    void findsWhatASimpleSearchFinds() throws Exception {
        Random random = new Random(3);
        for (int round = 0; round < 25; round++) {
            FakeProcess one = processes.add(7, "/bin/x");
            List<String> areas = new ArrayList<>();
            long at = START;
            StringBuilder area = new StringBuilder();
            for (int mapping = 1 + random.nextInt(6); mapping > 0; mapping--) {
                byte[] memory = new byte[4096 * (1 + random.nextInt(mapping == 1 ? 600 : 20))];
                random.nextBytes(memory);
                for (int i = 0; i < memory.length; i++) {
                    memory[i] = (byte) ('a' + (memory[i] & 1));
                }
                one.map(at, memory);
                if (random.nextInt(3) == 0) {
                    long hole = at + 4096L * random.nextInt(memory.length / 4096);
                    one.unreadable(hole);
                    area.append(text(memory, 0, (int) (hole - at)));
                    areas.add(area.toString());
                    area.setLength(0);
                    area.append(text(memory, (int) (hole - at) + 4096, memory.length));
                } else {
                    area.append(text(memory, 0, memory.length));
                }
                at += memory.length;
                if (random.nextBoolean()) {
                    at += 4096L * (1 + random.nextInt(3));
                    areas.add(area.toString());
                    area.setLength(0);
                }
            }
            areas.add(area.toString());
            Set<String> wanted = new TreeSet<>();
            for (int i = 0; i < 8; i++) {
                StringBuilder string = new StringBuilder();
                for (int k = 14 + random.nextInt(8); k > 0; k--) {
                    string.append((char) ('a' + random.nextInt(2)));
                }
                wanted.add(string.toString());
            }
            List<String> strings = List.copyOf(wanted);
            JsonNode entries = run("\"bytes\":"
                            + MigJson.text(strings.stream()
                                    .map(s -> HexFormat.of().formatHex(ascii(s)))
                                    .toList()))
                    .elements()
                    .get("s");
            for (int i = 0; i < strings.size(); i++) {
                String string = strings.get(i);
                assertEquals(
                        areas.stream().anyMatch(a -> a.contains(string)) ? 7 : 0,
                        entries.get(i).get("process").get("pid").asInt(),
                        string + " in round " + round);
            }
        }
    }

    private static String text(byte[] memory, int from, int to) {
        return new String(memory, from, to - from, StandardCharsets.US_ASCII);
    }
}
