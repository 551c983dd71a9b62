package ninja.mig.modules.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What several expressions find at once; {@link FuzzTest} compares that with each alone. */
class PatternSetTest {
    private static PatternSet set(String... expressions) throws Exception {
        List<BytePattern> patterns = new ArrayList<>();
        for (String expression : expressions) {
            patterns.add(BytePattern.compile("test", expression));
        }
        return new PatternSet(patterns);
    }

    private static PatternSet.Search search(PatternSet set) {
        PatternSet.Search search = set.new Search();
        for (int i = 0; i < set.size(); i++) {
            if (set.has(i)) {
                search.want(i);
            }
        }
        return search;
    }

    private static List<Integer> found(PatternSet.Search search, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        List<Integer> found = new ArrayList<>();
        assertTrue(search.find(bytes, 0, bytes.length, found::add));
        return found;
    }

    @Test
    void findEachOnceUntilItIsWantedAgain() throws Exception {
        PatternSet set = set("mimikatz", "^xmrig [0-9]$", "(?i)lazagne|psexesvc");
        PatternSet.Search search = search(set);

        assertEquals(List.of(2), found(search, "LaZagne mimikat\nxmrig 42\n xmrig 4\npsexesvc\n"));
        assertEquals(List.of(0, 1), found(search, "mimikatz mimikatz\nxmrig\nxmrig 4\r\npsexesvc"));
        assertFalse(search.isWorthIt());
        assertEquals(List.of(), found(search, "mimikatz"));

        search.clear();
        search.want(0);
        assertEquals(List.of(0), found(search, "mimikatz\npsexesvc"));
    }

    @Test
    void haveWhatIsLongAndRareIfThereIsEnoughOfIt() throws Exception {
        PatternSet set = set("mimikatz", "[0-9]+", "abc", "    +", "xmrig", "lazagne");
        BitSet members = new BitSet();
        for (int i = 0; i < set.size(); i++) {
            members.set(i, set.has(i));
        }

        assertEquals(List.of(0, 4, 5), members.stream().boxed().toList());
        assertFalse(set("mimikatz", "xmrig").has(0));
        assertFalse(search(set("mimikatz", "xmrig")).find(new byte[9], 0, 9, pattern -> {}));
    }

    @Test
    void pauseWhereALiteralIsFoundInVainAllTheTime() throws Exception {
        PatternSet.Search search = search(set("mimikatz", "xmrig", "lazagne", "psexesvc"));
        byte[] lines = "xmrig ".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        List<Integer> found = new ArrayList<>();

        assertFalse(search.find(lines, 0, lines.length, found::add));
        assertEquals(List.of(1), found, "before it gave up");
        assertFalse(search.find(lines, 0, 6, found::add));

        byte[] other = new byte[64 * lines.length];
        assertFalse(search.find(other, 0, other.length, found::add));
        assertTrue(search.find(other, 0, other.length, found::add));
    }
}
