package ninja.mig.modules.scribe;

import java.util.ArrayList;
import java.util.List;
import ninja.mig.modules.ResultBudget;

/** The values of one object, as many as there is room for. */
final class Values {
    private static final int MOST = 10_000;

    /** What a value takes beside its texts, in bytes. */
    private static final int ENTRY = 100;

    private final ResultBudget room;
    private final List<Value> values = new ArrayList<>();
    private String error = "";

    /** @param room shared by all objects of a run */
    Values(ResultBudget room) {
        this.room = room;
    }

    /** @return whether there is room for more; without, the object is in error */
    boolean add(String identifier, String value) {
        if (values.size() == MOST || !room.take(ENTRY + 2L * (identifier.length() + value.length()))) {
            fail("it has more values than can be judged");
        }
        if (error.isEmpty()) {
            values.add(new Value(identifier, value));
        }
        return error.isEmpty();
    }

    /** The values are not known, or not all of them: nothing may be concluded. */
    void fail(String reason) {
        if (error.isEmpty()) {
            error = reason;
            values.clear();
        }
    }

    /** Why nothing is known; empty if all is well. */
    String error() {
        return error;
    }

    List<Value> list() {
        return values;
    }
}
