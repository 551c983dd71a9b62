package ninja.mig.modules.scribe;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.modules.InvalidParametersException;

/** What {@code ${key}} stands for. */
final class Variables {
    private static final int LONGEST = 50_000;
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]{1,200})}");

    private final Map<String, String> values = new HashMap<>();

    Variables(List<ScribeDocument.Variable> variables) throws InvalidParametersException {
        for (ScribeDocument.Variable variable : variables) {
            if (variable.key().isEmpty()) {
                throw new InvalidParametersException("a variable has no key");
            }
            if (variable.value().contains("${")) {
                throw new InvalidParametersException(
                        "variable '" + variable.key() + "': a value cannot hold a variable, which begins with ${");
            }
            if (values.put(variable.key(), variable.value()) != null) {
                throw new InvalidParametersException("variable '" + variable.key() + "' is there twice");
            }
        }
    }

    /** @param name what the text is called in the refusal */
    String expand(String name, String text) throws InvalidParametersException {
        Matcher reference = REFERENCE.matcher(text);
        StringBuilder out = new StringBuilder();
        int end = 0;
        while (reference.find()) {
            String value = values.get(reference.group(1));
            if (value == null) {
                throw new InvalidParametersException(name + ": variable '" + reference.group(1) + "' is not defined");
            }
            out.append(text, end, reference.start()).append(value);
            end = reference.end();
            if (out.length() > LONGEST) {
                throw new InvalidParametersException(
                        name + ": with its variables it has more than " + LONGEST + " characters");
            }
        }
        return out.append(text, end, text.length()).toString();
    }
}
