package ninja.mig.modules.regex;

import com.google.re2j.Pattern;
import java.util.Optional;
import ninja.mig.modules.regex.BytePattern.Tuning;

/**
 * What is known of an expression before any byte is seen.
 *
 * @param automaton empty if the expression is not understood, or too large for one
 * @param literals some one of which every match contains; empty if it does not pay to look for them first
 * @param literalsDecide whether a literal in a line is a match already
 * @param automatonInts the size of an automaton's table
 */
record Program(Optional<Nfa> automaton, Optional<LiteralSet> literals, boolean literalsDecide, int automatonInts) {
    static Program of(Pattern judge, JudgedSets sets, Tuning tuning) {
        try {
            Node tree = ExpressionParser.parse(judge.pattern(), sets);
            RequiredLiterals required = RequiredLiterals.of(tree, tuning.grams());
            Optional<LiteralSet> literals = tuning.literals() ? required.best(tuning.grams()) : Optional.empty();
            Optional<Nfa> automaton = tuning.automaton() ? Nfa.of(tree) : Optional.empty();
            return new Program(automaton, literals, literals.isPresent() && required.areAll(), tuning.automatonInts());
        } catch (NotUnderstoodException e) {
            return new Program(Optional.empty(), Optional.empty(), false, 0);
        }
    }
}
