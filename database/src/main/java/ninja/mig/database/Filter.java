package ninja.mig.database;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.model.MigId;

/** The conditions of one search, all of which must hold, with the values to bind. A filter that was not given adds none. */
final class Filter {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    Filter where(String condition, Object... bound) {
        conditions.add(condition);
        values.addAll(Arrays.asList(bound));
        return this;
    }

    Filter is(String column, Optional<MigId> id) {
        id.ifPresent(value -> where(column + " = ?", value));
        return this;
    }

    /** @param pattern of {@code ILIKE}; {@link SearchParameters#ANY} matches rows without value too */
    Filter like(String column, String pattern) {
        return pattern.equals(SearchParameters.ANY) ? this : where(column + " ILIKE ?", closed(pattern));
    }

    /** A backslash at the end would be an error; it is meant as a backslash. */
    private static String closed(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 0 ? pattern : pattern + "\\";
    }

    Filter atLeast(String column, Optional<Instant> time) {
        time.ifPresent(value -> where(column + " >= ?", value));
        return this;
    }

    Filter atMost(String column, Optional<Instant> time) {
        time.ifPresent(value -> where(column + " <= ?", value));
        return this;
    }

    Filter and(Filter other) {
        conditions.addAll(other.conditions);
        values.addAll(other.values);
        return this;
    }

    /** Asks for a partner row only if something is asked of it. */
    Filter exists(String tables, Filter partner) {
        return partner.isEmpty()
                ? this
                : where(
                        "EXISTS (SELECT FROM " + tables + " AND " + partner.condition() + ")",
                        partner.values.toArray());
    }

    boolean isEmpty() {
        return conditions.isEmpty();
    }

    String condition() {
        return conditions.isEmpty() ? "true" : String.join(" AND ", conditions);
    }

    Object[] values(Object... more) {
        return Stream.concat(values.stream(), Stream.of(more)).toArray();
    }
}
