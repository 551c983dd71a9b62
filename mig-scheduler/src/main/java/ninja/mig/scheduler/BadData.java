package ninja.mig.scheduler;

import java.sql.SQLException;
import java.util.List;

/** Tells failures of the database that lie in what it was given from those that may pass. */
final class BadData {
    /** Classes of SQLSTATE: data exception, integrity constraint violation, program limit exceeded. */
    private static final List<String> CLASSES = List.of("22", "23", "54");

    private static final String UNIQUE_VIOLATION = "23505";

    private BadData() {}

    static boolean isReason(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && CLASSES.stream().anyMatch(state::startsWith);
    }

    /** Whether an id that was drawn was taken already. */
    static boolean isTakenId(SQLException failure) {
        return UNIQUE_VIOLATION.equals(failure.getSQLState());
    }
}
