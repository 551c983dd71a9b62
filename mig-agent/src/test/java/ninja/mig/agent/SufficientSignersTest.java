package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import ninja.mig.acl.Permission;
import ninja.mig.pgp.Fingerprint;
import org.junit.jupiter.api.Test;

class SufficientSignersTest {
    @Test
    void namesTheSmallestSets() {
        SufficientSigners signers = all(permission(2, 2, 1, 1), 10);

        assertEquals(List.of("I0 (2)", "I1 (1) + I2 (1)"), signers.sets());
        assertTrue(signers.areAll());
    }

    @Test
    void leavesOutWhoHasNoUsableKey() {
        Permission permission = permission(2, 2, 1, 1);

        assertEquals(
                List.of("I1 (1) + I2 (1)"),
                SufficientSigners.of(permission, Set.of(key(1), key(2)), 10).sets());
        assertEquals(
                List.of(), SufficientSigners.of(permission, Set.of(key(1)), 10).sets());
    }

    @Test
    void saysThatThereAreMoreThanItLists() {
        int[] weights = IntStream.range(0, 60).map(i -> 1 + i % 3).toArray();

        SufficientSigners signers =
                assertTimeoutPreemptively(Duration.ofSeconds(10), () -> all(permission(20, weights), 8));

        assertEquals(8, signers.sets().size());
        assertFalse(signers.areAll());
    }

    /** An action has 16 signatures at most. */
    @Test
    void knowsThatAnActionCannotHaveMoreSignatures() {
        int[] ones = IntStream.range(0, 40).map(i -> 1).toArray();

        assertEquals(
                List.of(),
                assertTimeoutPreemptively(Duration.ofSeconds(10), () -> all(permission(17, ones), 8))
                        .sets());
        assertEquals(8, all(permission(16, ones), 8).sets().size());
    }

    @Test
    void findsAsManyAsTryingEverySubset() {
        Random random = new Random(4);
        for (int round = 0; round < 200; round++) {
            int[] weights = random.ints(1 + random.nextInt(9), 1, 6).toArray();
            int minimum = 1 + random.nextInt(IntStream.of(weights).sum());
            SufficientSigners signers = all(permission(minimum, weights), 1000);

            assertEquals(
                    smallestSets(weights, minimum), Set.copyOf(signers.sets()).size());
            assertEquals(signers.sets().size(), Set.copyOf(signers.sets()).size());
        }
    }

    private static int smallestSets(int[] weights, int minimum) {
        int count = 0;
        for (int subset = 1; subset < 1 << weights.length; subset++) {
            int weight = 0;
            int lightest = Integer.MAX_VALUE;
            for (int i = 0; i < weights.length; i++) {
                if ((subset & 1 << i) != 0) {
                    weight += weights[i];
                    lightest = Math.min(lightest, weights[i]);
                }
            }
            count += weight >= minimum && weight - lightest < minimum ? 1 : 0;
        }
        return count;
    }

    private static SufficientSigners all(Permission permission, int most) {
        return SufficientSigners.of(permission, permission.weights().keySet(), most);
    }

    private static Permission permission(int minimum, int... weights) {
        Map<Fingerprint, Integer> byKey = new HashMap<>();
        for (int i = 0; i < weights.length; i++) {
            byKey.put(key(i), weights[i]);
        }
        Map<Fingerprint, String> labels = IntStream.range(0, weights.length)
                .boxed()
                .collect(Collectors.toMap(SufficientSignersTest::key, i -> "I" + i));
        return new Permission("default", minimum, byKey, labels);
    }

    private static Fingerprint key(int number) {
        return new Fingerprint("%040X".formatted(number));
    }
}
