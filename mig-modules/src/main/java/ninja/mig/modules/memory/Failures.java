package ninja.mig.modules.memory;

import java.util.ArrayList;
import java.util.List;

/** What could not be looked at, up to a limit. */
final class Failures {
    static final int MOST = 1000;

    private final List<String> texts = new ArrayList<>();
    private long leftOut;

    synchronized void add(String text) {
        if (texts.size() < MOST) {
            texts.add(text);
        } else {
            leftOut++;
        }
    }

    synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    /** How many there were beside those of {@link #texts}. */
    synchronized long leftOut() {
        return leftOut;
    }
}
