package ninja.mig.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.MigId;
import ninja.mig.model.RejectedException;
import ninja.mig.target.TargetExpression;

/**
 * Replaces the name of a target by its expression before anything is signed, so that what was approved is what runs. A
 * whole argument is a name or it is none.
 */
public final class Target {
    /** What {@code mig} asks when nobody says otherwise. */
    public static final String DEFAULT = "status='online' AND mode='daemon'";

    private static final Map<String, String> BUILT_IN = Map.of(
            "online", "status='online'",
            "all", "name LIKE '%'",
            "linux", "environment->>'os'='linux'",
            "windows", "environment->>'os'='windows'",
            "darwin", "environment->>'os'='darwin'");

    private static final Pattern OF_ACTION = Pattern.compile("(found|notfound|failed):([0-9]{1,16})");

    private final Map<String, String> macros;

    /** @param macros the investigator's own; they win over the built-in ones */
    public Target(Map<String, String> macros) {
        Map<String, String> all = new LinkedHashMap<>(BUILT_IN);
        all.putAll(macros);
        this.macros = Map.copyOf(all);
    }

    /**
     * The expression that a target stands for, checked.
     *
     * @throws RejectedException if it is more than a harmless condition
     */
    public String expand(String target) throws RejectedException {
        String expression = macros.get(target);
        if (expression == null) {
            Matcher m = OF_ACTION.matcher(target);
            expression = m.matches() ? ofAction(m.group(1), MigId.parse(m.group(2))) : target;
        }
        TargetExpression.check(expression);
        return expression;
    }

    private static String ofAction(String which, MigId action) {
        if (which.equals("failed")) {
            return "id IN (SELECT agentid FROM commands WHERE actionid=" + action
                    + " AND status IN ('failed', 'timeout', 'expired'))";
        }
        return "id IN (SELECT agentid FROM commands, json_array_elements(commands.results) AS r WHERE actionid="
                + action + " AND r#>>'{foundanything}'='" + which.equals("found") + "')";
    }
}
