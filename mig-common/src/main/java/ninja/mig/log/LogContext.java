package ninja.mig.log;

import java.util.Optional;
import ninja.mig.model.MigId;
import org.slf4j.MDC;

/**
 * The ids at the head of this thread's log lines: operation, action and command. For use in a try statement, after which
 * the ids are those of before: also in its catch and finally, so it must have none ({@code LogContextTest} looks).
 */
public final class LogContext implements AutoCloseable {
    static final String OPERATION = "mig.operation";
    static final String ACTION = "mig.action";
    static final String COMMAND = "mig.command";

    private final Optional<String> operation = Optional.ofNullable(MDC.get(OPERATION));
    private final Optional<String> action = Optional.ofNullable(MDC.get(ACTION));
    private final Optional<String> command = Optional.ofNullable(MDC.get(COMMAND));

    private LogContext() {}

    /** An id that is {@link MigId#NONE} is printed as {@code -}. */
    public static LogContext of(MigId operation, MigId action, MigId command) {
        LogContext before = new LogContext();
        put(OPERATION, operation);
        put(ACTION, action);
        put(COMMAND, command);
        return before;
    }

    /** Work on an action; the operation stays. */
    public static LogContext action(MigId action) {
        LogContext before = new LogContext();
        put(ACTION, action);
        put(COMMAND, MigId.NONE);
        return before;
    }

    /** Work on a command of an action; the operation stays. */
    public static LogContext command(MigId action, MigId command) {
        LogContext before = new LogContext();
        put(ACTION, action);
        put(COMMAND, command);
        return before;
    }

    /** The body for another thread, with the ids that this one has now. */
    public static Runnable carry(Runnable body) {
        LogContext here = new LogContext();
        return () -> {
            try (LogContext before = new LogContext()) {
                here.apply();
                body.run();
            }
        };
    }

    private static void put(String key, MigId id) {
        if (id.isNone()) {
            MDC.remove(key);
        } else {
            MDC.put(key, id.toString());
        }
    }

    @Override
    public void close() {
        apply();
    }

    private void apply() {
        restore(OPERATION, operation);
        restore(ACTION, action);
        restore(COMMAND, command);
    }

    private static void restore(String key, Optional<String> value) {
        value.ifPresentOrElse(v -> MDC.put(key, v), () -> MDC.remove(key));
    }
}
