package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.pkg.PackageVersion;

/** The verdict of a test on one value. */
interface Evaluator {
    boolean test(String value);

    /** At most one is defined; without, everything is true that is there. */
    static Evaluator of(ScribeDocument.TestDefinition test) throws InvalidParametersException {
        List<Evaluator> evaluators = new ArrayList<>();
        if (test.evr() != null) {
            evaluators.add(evr(test.evr().operation(), test.evr().value()));
        }
        if (test.regexp() != null) {
            Pattern regex = Regex.compile("regexp", test.regexp().value());
            evaluators.add(value -> regex.matcher(value).find());
        }
        if (test.exactMatch() != null) {
            evaluators.add(test.exactMatch().value()::equals);
        }
        for (Map.Entry<String, JsonNode> other : test.others().entrySet()) {
            // Texts may be remarks; an evaluator that is not known would make everything true.
            if (other.getValue().isObject()) {
                throw new InvalidParametersException(
                        "'" + other.getKey() + "' is none of the evaluators evr, regexp, exactmatch");
            }
        }
        if (evaluators.size() > 1) {
            throw new InvalidParametersException("evr, regexp and exactmatch exclude each other");
        }
        return evaluators.isEmpty() ? value -> true : evaluators.get(0);
    }

    private static Evaluator evr(String operation, String version) throws InvalidParametersException {
        if (version.isEmpty()) {
            throw new InvalidParametersException("evr: the value is empty");
        }
        return switch (operation) {
            case "<" -> value -> PackageVersion.compare(value, version) < 0;
            case ">" -> value -> PackageVersion.compare(value, version) > 0;
            case "=" -> value -> PackageVersion.compare(value, version) == 0;
            default ->
                throw new InvalidParametersException("evr: operation '" + operation + "' is none of '<', '>', '='");
        };
    }
}
