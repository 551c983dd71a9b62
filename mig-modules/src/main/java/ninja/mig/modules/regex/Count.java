package ninja.mig.modules.regex;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repetition in braces.
 *
 * @param most -1 for no limit
 * @param end where it ends in the expression
 */
record Count(int least, int most, int end) {
    private static final Pattern FORM = Pattern.compile("\\{(0|[1-9][0-9]{0,3})(,(0|[1-9][0-9]{0,3})?)?}");

    /** @return null if what stands there is no repetition, and so its brace an ordinary character */
    static Count at(String expression, int at) {
        Matcher form = FORM.matcher(expression).region(at, expression.length());
        if (!form.lookingAt()) {
            return null;
        }
        int least = Integer.parseInt(form.group(1));
        int most = form.group(2) == null ? least : form.group(3) == null ? -1 : Integer.parseInt(form.group(3));
        return new Count(least, most, form.end());
    }
}
