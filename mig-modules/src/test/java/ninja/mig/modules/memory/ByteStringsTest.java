package ninja.mig.modules.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ByteStringsTest {
    private static Set<Integer> found(List<byte[]> strings, byte[] memory, int from, int to) {
        Set<Integer> found = new TreeSet<>();
        new ByteStrings(strings).search(memory, from, to, found::add);
        return found;
    }

    private static Set<Integer> expected(List<byte[]> strings, byte[] memory, int from, int to) {
        String text = new String(memory, from, to - from, StandardCharsets.ISO_8859_1);
        Set<Integer> found = new TreeSet<>();
        for (int i = 0; i < strings.size(); i++) {
            if (text.contains(new String(strings.get(i), StandardCharsets.ISO_8859_1))) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void findsWhatASimpleSearchFinds() {
        Random random = new Random(11);
        for (int round = 0; round < 10_000; round++) {
            // Few different bytes, so that much matches, and almost matches.
            int letters = 1 + random.nextInt(4);
            byte[] memory = new byte[random.nextInt(300)];
            for (int i = 0; i < memory.length; i++) {
                memory[i] = (byte) (random.nextInt(letters) * 0x55);
            }
            List<byte[]> strings = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                byte[] string = new byte[1 + random.nextInt(random.nextBoolean() ? 4 : 20)];
                for (int k = 0; k < string.length; k++) {
                    string[k] = (byte) (random.nextInt(letters) * 0x55);
                }
                strings.add(string);
            }
            int from = random.nextInt(memory.length + 1);
            int to = from + random.nextInt(memory.length - from + 1);

            assertEquals(
                    expected(strings, memory, from, to),
                    found(strings, memory, from, to),
                    () -> "in " + Arrays.toString(Arrays.copyOfRange(memory, from, to)));
        }
    }

    @Test
    void findsAStringAtEveryPlace() {
        byte[] string = "needle".getBytes(StandardCharsets.US_ASCII);
        for (int many : List.of(1, 10)) {
            List<byte[]> strings = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                strings.add(("other" + i).getBytes(StandardCharsets.US_ASCII));
            }
            strings.add(string);
            for (int at = 0; at <= 200 - string.length; at++) {
                byte[] memory = new byte[200];
                System.arraycopy(string, 0, memory, at, string.length);
                assertEquals(Set.of(many), found(strings, memory, 0, 200), "at " + at);
                assertEquals(Set.of(), found(strings, memory, 0, at + string.length - 1), "cut behind " + at);
                assertEquals(Set.of(), found(strings, memory, at + 1, 200), "cut before " + at);
            }
        }
    }

    @Test
    void findsThousandsOfStringsAtOnce() {
        Random random = new Random(5);
        byte[] memory = new byte[1 << 20];
        random.nextBytes(memory);
        List<byte[]> strings = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            byte[] string = new byte[4 + random.nextInt(200)];
            if (i % 2 == 0) {
                System.arraycopy(memory, random.nextInt(memory.length - 300), string, 0, string.length);
            } else {
                random.nextBytes(string);
            }
            strings.add(string);
        }

        Set<Integer> found = found(strings, memory, 0, memory.length);

        for (int i = 0; i < strings.size(); i += 2) {
            assertEquals(true, found.contains(i), "string " + i);
        }
        assertEquals(expected(strings.subList(0, 100), memory, 0, memory.length), within(found, 100));
    }

    private static Set<Integer> within(Set<Integer> found, int end) {
        Set<Integer> some = new TreeSet<>(found);
        some.removeIf(i -> i >= end);
        return some;
    }
}
