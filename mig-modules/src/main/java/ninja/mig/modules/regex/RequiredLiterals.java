package ninja.mig.modules.regex;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import ninja.mig.modules.regex.Node.At;
import ninja.mig.modules.regex.Node.Chars;
import ninja.mig.modules.regex.Node.Choice;
import ninja.mig.modules.regex.Node.Repetition;
import ninja.mig.modules.regex.Node.Sequence;

/**
 * Texts some one of which every match contains: the cheapest such set to look for. A text has one character for each byte,
 * as {@link Literal} wants it.
 */
final class RequiredLiterals {
    /** Of an alternation. */
    private static final int MOST_TEXTS = 1024;

    /** Of a sequence of alternations and classes. */
    private static final int MOST_COMBINATIONS = 16;

    private static final int LONGEST = 64;
    private static final int MOST_COPIES = 8;
    private static final int MOST_CHARACTERS = 8;
    private static final int MOST_SPELLINGS = 4;
    private static final int REPLACEMENT = 0xFFFD;

    /**
     * Nanoseconds, roughly: to look for a text in one byte, to look up one place for several texts, to look at one place
     * where a text may be, to run the automaton.
     */
    private static final double SCAN = 0.1;

    private static final double LOOK_UP = 0.4;

    private static final double LOOK = 40;
    private static final double AUTOMATON = 2;

    private final int mostTexts;
    private boolean hasPlaces;
    private final List<String> exact;
    private final List<String> best;

    /** @param mostTexts of an alternation */
    private RequiredLiterals(Node tree, int mostTexts) {
        this.mostTexts = mostTexts;
        Known known = known(tree);
        Run run = new Run();
        run.add(known);
        run.end();
        this.exact = known.exact();
        this.best = run.best;
    }

    /** @param mostGrams of the tables that may be made */
    static RequiredLiterals of(Node tree, int mostGrams) {
        return new RequiredLiterals(tree, Math.min(mostGrams, MOST_TEXTS));
    }

    /** Empty if it is no more work to run the automaton on everything. */
    Optional<LiteralSet> best(int mostGrams) {
        return texts().isEmpty() ? Optional.empty() : Optional.of(new LiteralSet(best, mostGrams));
    }

    List<String> texts() {
        return cost(best) < AUTOMATON ? best : List.of();
    }

    /** Whether the expression matches wherever one of {@link #best} is in a line. */
    boolean areAll() {
        return !hasPlaces
                && best.equals(exact)
                && best.stream().noneMatch(text -> text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0);
    }

    /**
     * What is known of a part of the expression.
     *
     * @param exact all that it matches; empty if that is too much
     * @param best some one of which all contain that it matches; empty if unknown
     */
    private record Known(List<String> exact, List<String> best) {
        static final Known NOTHING = new Known(List.of(), List.of());
    }

    private Known known(Node node) {
        if (node instanceof Chars chars) {
            return new Known(spellings(chars.set()), List.of());
        }
        if (node instanceof At) {
            hasPlaces = true;
            return new Known(List.of(""), List.of());
        }
        if (node instanceof Sequence sequence) {
            Run run = new Run();
            sequence.parts().forEach(part -> append(part, run));
            return run.known();
        }
        if (node instanceof Choice choice) {
            return choice(choice.branches().stream().map(this::known).toList());
        }
        Repetition repetition = (Repetition) node;
        if (repetition.least() == 0) {
            Known once = known(repetition.what());
            boolean optional = repetition.most() == 1 && !once.exact().isEmpty();
            return optional ? new Known(union(List.of(once.exact(), List.of(""))), List.of()) : Known.NOTHING;
        }
        Run run = new Run();
        append(repetition, run);
        return run.known();
    }

    private void append(Node part, Run run) {
        if (!(part instanceof Repetition repetition) || repetition.least() == 0) {
            run.add(known(part));
            return;
        }
        Known once = known(repetition.what());
        for (int i = 0; i < Math.min(repetition.least(), MOST_COPIES); i++) {
            run.add(once);
        }
        if (repetition.least() > MOST_COPIES || repetition.least() != repetition.most()) {
            run.add(Known.NOTHING);
        }
    }

    private Known choice(List<Known> branches) {
        List<List<String>> exact = branches.stream().map(Known::exact).toList();
        List<List<String>> best = branches.stream()
                .map(branch -> cheaper(branch.best(), branch.exact()))
                .toList();
        return new Known(union(exact), union(best));
    }

    /** Empty if one of them is, or if it is too much. */
    private List<String> union(List<List<String>> lists) {
        Set<String> all = new LinkedHashSet<>();
        for (List<String> list : lists) {
            if (list.isEmpty()) {
                return List.of();
            }
            all.addAll(list);
        }
        return all.size() > mostTexts ? List.of() : List.copyOf(all);
    }

    /** One code point in UTF-8; two letters that differ in case alone count as one. */
    private static List<String> spellings(CodeSet set) {
        if (set.size() > MOST_CHARACTERS || set.contains(REPLACEMENT)) {
            return List.of(); // U+FFFD stands for bytes that are no text
        }
        List<String> spellings = new ArrayList<>();
        int[] ranges = set.ranges();
        for (int i = 0; i < ranges.length; i += 2) {
            for (int c = ranges[i]; c <= ranges[i + 1]; c++) {
                if (isUpper(c) && set.contains(c + 32)) {
                    continue;
                }
                boolean anyCase = isUpper(c - 32) && set.contains(c - 32);
                spellings.add(anyCase ? String.valueOf((char) (c | Literal.ANY_CASE)) : utf8(c));
            }
        }
        return spellings.size() > MOST_SPELLINGS ? List.of() : spellings;
    }

    private static boolean isUpper(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static String utf8(int c) {
        return new String(Character.toString(c).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Parts that follow each other. */
    private static final class Run {
        private List<String> current = List.of("");
        private String plain = "";
        private List<String> best = List.of();
        private boolean allExact = true;

        void add(Known part) {
            if (part.exact().isEmpty()) {
                end();
                offer(part.best());
                current = List.of("");
                plain = "";
                allExact = false;
                return;
            }
            if (part.exact().size() == 1) {
                plain = shortened(plain + part.exact().get(0));
            } else {
                offer(List.of(plain));
                plain = "";
            }
            List<String> longer = product(current, part.exact());
            if (longer.isEmpty()) {
                end();
                allExact = false;
                current = part.exact();
            } else {
                if (longer.size() > current.size()) {
                    offer(current);
                }
                current = longer;
            }
        }

        /** Offers what has been collected. */
        void end() {
            offer(List.of(plain));
            offer(current);
            offer(List.of(commonStart(current)));
            offer(List.of(commonEnd(current)));
        }

        private void offer(List<String> texts) {
            best = cheaper(best, texts);
        }

        Known known() {
            end();
            return new Known(allExact ? current : List.of(), best);
        }
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(text.length() - LONGEST);
    }

    /** Empty if it is too much. */
    private static List<String> product(List<String> starts, List<String> ends) {
        boolean combine = starts.size() > 1 && ends.size() > 1;
        if (combine && starts.size() * ends.size() > MOST_COMBINATIONS) {
            return List.of();
        }
        Set<String> all = new LinkedHashSet<>();
        for (String start : starts) {
            for (String end : ends) {
                if (start.length() + end.length() > LONGEST) {
                    return List.of();
                }
                all.add(start + end);
            }
        }
        return List.copyOf(all);
    }

    private static String commonStart(List<String> texts) {
        String common = texts.get(0);
        for (String text : texts) {
            int n = 0;
            while (n < Math.min(common.length(), text.length()) && common.charAt(n) == text.charAt(n)) {
                n++;
            }
            common = common.substring(0, n);
        }
        return common;
    }

    private static String commonEnd(List<String> texts) {
        String common = texts.get(0);
        for (String text : texts) {
            int n = 0;
            while (n < Math.min(common.length(), text.length())
                    && common.charAt(common.length() - 1 - n) == text.charAt(text.length() - 1 - n)) {
                n++;
            }
            common = common.substring(common.length() - n);
        }
        return common;
    }

    /** Of two that cost the same the longer ones are seen less often where nothing matches. */
    private static List<String> cheaper(List<String> one, List<String> other) {
        int order = Double.compare(cost(other), cost(one));
        return order < 0 || order == 0 && shortest(other) > shortest(one) ? other : one;
    }

    private static int shortest(List<String> texts) {
        return texts.stream().mapToInt(String::length).min().orElse(0);
    }

    private static double cost(List<String> texts) {
        if (texts.isEmpty() || texts.contains("")) {
            return Double.MAX_VALUE;
        }
        double cost = SCAN + (texts.size() == 1 ? 0 : LOOK_UP / LiteralGrams.stride(shortest(texts)));
        for (String text : texts) {
            cost += LOOK * Literal.of(text).frequency();
        }
        return cost;
    }
}
