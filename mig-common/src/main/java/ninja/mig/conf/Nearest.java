package ninja.mig.conf;

import java.util.Collection;
import java.util.Comparator;

/** Guesses which name somebody meant. */
final class Nearest {
    private Nearest() {}

    /** {@code ", did you mean 'port'?"}, or nothing if no known name is near. */
    static String hint(String name, Collection<String> known) {
        int reach = name.length() < 4 ? 1 : Math.max(2, name.length() / 3);
        return known.stream()
                .min(Comparator.comparingInt(k -> distance(name, k)))
                .filter(k -> distance(name, k) <= reach)
                .map(k -> ", did you mean '" + k + "'?")
                .orElse("");
    }

    /** Characters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
