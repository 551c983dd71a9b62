package ninja.mig.modules.regex;

import com.google.re2j.Pattern;
import java.util.Optional;
import ninja.mig.json.Utf8;

/** One thread's search for an expression. */
final class ByteSearch {
    private final Pattern judge;
    private final Program program;
    private final Effort effort = new Effort();
    private Optional<LazyDfa> onLines = Optional.empty();
    private Optional<LazyDfa> onText = Optional.empty();

    ByteSearch(Pattern judge, Program program) {
        this.judge = judge;
        this.program = program;
    }

    private Optional<LazyDfa> onLines() {
        if (onLines.isEmpty()) {
            onLines = automaton(true);
        }
        return onLines.filter(automaton -> !automaton.gaveUp());
    }

    private Optional<LazyDfa> onText() {
        if (onText.isEmpty()) {
            onText = automaton(false);
        }
        return onText.filter(automaton -> !automaton.gaveUp());
    }

    private Optional<LazyDfa> automaton(boolean lines) {
        return program.automaton().map(nfa -> new LazyDfa(nfa, lines, program.automatonInts()));
    }

    boolean find(byte[] bytes, int from, int to) {
        if (program.literals().isPresent()) {
            int hit = firstLiteral(program.literals().get(), bytes, from, to);
            if (hit == -1) {
                return false;
            }
            if (hit >= 0 && program.literalsDecide()) {
                return true;
            }
        }
        if (onText().isPresent()) {
            LazyDfa automaton = onText().get();
            boolean found = automaton.matches(bytes, from, to);
            if (!automaton.gaveUp()) {
                return found;
            }
        }
        return judged(bytes, from, to);
    }

    /** @return -1 if there is none; {@link LiteralGrams#GAVE_UP} if nobody knows */
    private int firstLiteral(LiteralSet literals, byte[] bytes, int from, int to) {
        if (!literals.begin(to - from, effort)) {
            return LiteralGrams.GAVE_UP;
        }
        int hit = literals.find(bytes, from, to, effort);
        if (hit == LiteralGrams.GAVE_UP) {
            effort.pause(to - from);
        }
        return hit;
    }

    int findLine(byte[] bytes, int from, int to) {
        if (program.literals().isPresent() && program.literals().get().begin(to - from, effort)) {
            return lineWithLiteral(program.literals().get(), bytes, from, to);
        }
        return lineWithoutLiteral(bytes, from, to);
    }

    private int lineWithoutLiteral(byte[] bytes, int from, int to) {
        if (onLines().isPresent()) {
            LazyDfa automaton = onLines().get();
            int found = automaton.findLine(bytes, from, to);
            if (!automaton.gaveUp()) {
                return found;
            }
        }
        return lineThat(true, bytes, from, to);
    }

    int findOtherLine(byte[] bytes, int from, int to) {
        return lineThat(false, bytes, from, to);
    }

    private int lineWithLiteral(LiteralSet literals, byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int hit = literals.find(bytes, at, to, effort);
            if (hit == LiteralGrams.GAVE_UP) {
                effort.pause(to - from);
                return lineWithoutLiteral(bytes, at, to);
            }
            if (hit < 0) {
                return -1;
            }
            int start = Lines.start(bytes, at, hit);
            int end = Lines.end(bytes, hit, to);
            if (program.literalsDecide() || lineMatches(bytes, start, end)) {
                return start;
            }
            at = end + 1;
        }
        return -1;
    }

    /** Line by line. */
    private int lineThat(boolean matches, byte[] bytes, int from, int to) {
        int start = from;
        while (start < to) {
            int end = Lines.end(bytes, start, to);
            if (lineMatches(bytes, start, end) == matches) {
                return start;
            }
            start = end + 1;
        }
        return -1;
    }

    private boolean lineMatches(byte[] bytes, int from, int end) {
        if (onLines().isPresent()) {
            LazyDfa automaton = onLines().get();
            boolean matches = automaton.matches(bytes, from, end);
            if (!automaton.gaveUp()) {
                return matches;
            }
        }
        return judged(bytes, from, end > from && bytes[end - 1] == '\r' ? end - 1 : end);
    }

    private boolean judged(byte[] bytes, int from, int to) {
        return judge.matcher(Utf8.decode(bytes, from, to - from)).find();
    }
}
