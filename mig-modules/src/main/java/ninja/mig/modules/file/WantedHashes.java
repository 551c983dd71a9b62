package ninja.mig.modules.file;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The checksums that one search asks for. There may be thousands, so digests are looked up. */
final class WantedHashes {
    /**
     * Checks of one function.
     *
     * @param positions in the list of all checks of the search, by digest
     * @param all positions, ascending
     * @param inverted as all of one function are
     */
    private record Function(Map<ByteBuffer, List<Integer>> positions, List<Integer> all, boolean inverted) {
        List<Integer> equal(byte[] digest) {
            return positions.getOrDefault(ByteBuffer.wrap(digest), List.of());
        }
    }

    private final Map<String, Function> functions = new HashMap<>();

    /** @param checks of the search, of every kind */
    WantedHashes(List<Check> checks) {
        for (int i = 0; i < checks.size(); i++) {
            if (checks.get(i) instanceof Check.Hash hash) {
                Function function = functions.computeIfAbsent(
                        hash.algorithm(), name -> new Function(new HashMap<>(), new ArrayList<>(), hash.inverted()));
                function.all().add(i);
                function.positions()
                        .computeIfAbsent(ByteBuffer.wrap(hash.digest()), digest -> new ArrayList<>(1))
                        .add(i);
            }
        }
    }

    boolean isEmpty() {
        return functions.isEmpty();
    }

    /** As {@link java.security.MessageDigest} calls them. */
    Set<String> algorithms() {
        return functions.keySet();
    }

    /** @param digests of a file, by algorithm; what is not there is unknown */
    Verdict allHold(Map<String, byte[]> digests) {
        Verdict all = Verdict.TRUE;
        for (Map.Entry<String, Function> entry : functions.entrySet()) {
            byte[] digest = digests.get(entry.getKey());
            Function function = entry.getValue();
            int expected = function.inverted() ? 0 : function.all().size();
            all = all.and(
                    digest == null
                            ? Verdict.UNKNOWN
                            : Verdict.of(function.equal(digest).size() == expected));
        }
        return all;
    }

    /**
     * The checks that hold, by their positions in the list of all checks.
     *
     * @param digests as for {@link #allHold}; no check on what is unknown holds
     */
    List<Integer> thatHold(Map<String, byte[]> digests) {
        List<Integer> holding = new ArrayList<>(0);
        functions.forEach((algorithm, function) -> {
            byte[] digest = digests.get(algorithm);
            if (digest != null && function.inverted()) {
                Set<Integer> equal = Set.copyOf(function.equal(digest));
                function.all().stream().filter(i -> !equal.contains(i)).forEach(holding::add);
            } else if (digest != null) {
                holding.addAll(function.equal(digest));
            }
        });
        holding.sort(null);
        return holding;
    }
}
