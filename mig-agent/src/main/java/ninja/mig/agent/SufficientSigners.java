package ninja.mig.agent;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.acl.Permission;
import ninja.mig.model.Action;
import ninja.mig.pgp.Fingerprint;

/**
 * The smallest sets of investigators whose signatures reach the weight that a permission needs: none of them can be left
 * out.
 *
 * @param sets by name and weight, such as {@code Bob (1) + Sam (1)}; the heaviest investigators first
 * @param areAll false if there are more sets than are listed
 */
record SufficientSigners(List<String> sets, boolean areAll) {
    /** @param usable the keys whose signatures count; others add nothing */
    static SufficientSigners of(Permission permission, Set<Fingerprint> usable, int most) {
        List<Map.Entry<Fingerprint, Integer>> candidates = permission.weights().entrySet().stream()
                .filter(e -> usable.contains(e.getKey()))
                .sorted(Map.Entry.<Fingerprint, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(e -> label(permission, e.getKey())))
                .toList();
        Search search = new Search(permission, candidates, most);
        search.extend(0, 0);
        return new SufficientSigners(search.found.stream().limit(most).toList(), search.found.size() <= most);
    }

    private static String label(Permission permission, Fingerprint fingerprint) {
        return permission.labels().getOrDefault(fingerprint, fingerprint.toString());
    }

    /** Goes through the candidates from heavy to light: a set that just suffices with its lightest member is a smallest one. */
    private static final class Search {
        private final Permission permission;
        private final List<Map.Entry<Fingerprint, Integer>> candidates;
        private final int most;
        private final List<String> found = new ArrayList<>();
        private final List<Map.Entry<Fingerprint, Integer>> chosen = new ArrayList<>();

        Search(Permission permission, List<Map.Entry<Fingerprint, Integer>> candidates, int most) {
            this.permission = permission;
            this.candidates = candidates;
            this.most = most;
        }

        void extend(int from, long weight) {
            for (int i = from; i < candidates.size() && found.size() <= most && canSuffice(i, weight); i++) {
                long heavier = weight + candidates.get(i).getValue();
                chosen.add(candidates.get(i));
                if (heavier >= permission.minimumWeight()) {
                    found.add(text());
                } else {
                    extend(i + 1, heavier);
                }
                chosen.remove(chosen.size() - 1);
            }
        }

        /** Whether the next candidates, as many as an action may have signatures, are heavy enough together. */
        private boolean canSuffice(int from, long weight) {
            return weight
                            + candidates.stream()
                                    .skip(from)
                                    .limit(Action.MAX_SIGNATURES - chosen.size())
                                    .mapToLong(Map.Entry::getValue)
                                    .sum()
                    >= permission.minimumWeight();
        }

        private String text() {
            return chosen.stream()
                    .map(e -> label(permission, e.getKey()) + " (" + e.getValue() + ")")
                    .collect(Collectors.joining(" + "));
        }
    }
}
