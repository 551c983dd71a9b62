package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.regex.Expressions;
import org.junit.jupiter.api.Test;

class WantedHashesTest {
    private static final String A = "aa".repeat(16);
    private static final String B = "bb".repeat(16);
    private static final String C = "CC".repeat(32);

    private final List<Check> checks = new ArrayList<>();

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private void add(String key, String value, boolean mismatch) throws InvalidParametersException {
        checks.add(Check.hash(key, value, mismatch));
    }

    @Test
    void sayWhichChecksHold() throws Exception {
        checks.add(Check.name("x", false, new Expressions(1)));
        add("md5", A, false);
        add("md5", B, false);
        add("md5", A, false);
        add("sha256", C, false);
        WantedHashes hashes = new WantedHashes(checks);

        assertEquals(List.of(1, 3), hashes.thatHold(Map.of("MD5", bytes(A))));
        assertEquals(List.of(2, 4), hashes.thatHold(Map.of("MD5", bytes(B), "SHA-256", bytes(C))));
        assertEquals(List.of(), hashes.thatHold(Map.of("MD5", bytes("00".repeat(16)))));
        assertEquals(List.of(), hashes.thatHold(Map.of()));
        assertEquals(java.util.Set.of("MD5", "SHA-256"), hashes.algorithms());
    }

    @Test
    void turnVerdictsAroundButNotWhatIsUnknown() throws Exception {
        add("md5", A, true);
        add("md5", B, true);
        add("sha1", "dd".repeat(20), false);
        WantedHashes hashes = new WantedHashes(checks);

        assertEquals(List.of(1), hashes.thatHold(Map.of("MD5", bytes(A))));
        assertEquals(List.of(0, 1), hashes.thatHold(Map.of("MD5", bytes("00".repeat(16)))));
        assertEquals(List.of(2), hashes.thatHold(Map.of("SHA-1", bytes("dd".repeat(20)))));
    }

    @Test
    void sayWhetherAllHold() throws Exception {
        add("md5", A, false);
        add("md5", A.toUpperCase(java.util.Locale.ROOT), false);
        add("sha256", C, true);
        WantedHashes hashes = new WantedHashes(checks);

        byte[] other = bytes("00".repeat(32));
        assertEquals(Verdict.TRUE, hashes.allHold(Map.of("MD5", bytes(A), "SHA-256", other)));
        assertEquals(Verdict.FALSE, hashes.allHold(Map.of("MD5", bytes(A), "SHA-256", bytes(C))));
        assertEquals(Verdict.FALSE, hashes.allHold(Map.of("MD5", bytes(B), "SHA-256", other)));
        assertEquals(Verdict.UNKNOWN, hashes.allHold(Map.of("MD5", bytes(A))));
        assertEquals(Verdict.FALSE, hashes.allHold(Map.of("MD5", bytes(B))));
        add("md5", B, false);
        assertEquals(Verdict.FALSE, new WantedHashes(checks).allHold(Map.of("MD5", bytes(A), "SHA-256", other)));
        assertEquals(Verdict.TRUE, new WantedHashes(List.of()).allHold(Map.of()));
    }
}
