package ninja.mig.modules;

import java.util.ArrayList;
import java.util.List;

/** What a result has to say beside what was found, up to a limit. */
public final class Remarks {
    /** How many of them are kept. */
    public static final int MOST = 1000;

    private final List<String> texts = new ArrayList<>();
    private final String what;
    private long leftOut;

    /** @param what they are, as the warning about those that are left out calls them */
    public Remarks(String what) {
        this.what = what;
    }

    /** Keeps it if there is room. */
    public synchronized void add(String text) {
        if (texts.size() < MOST) {
            texts.add(text);
        } else {
            leftOut++;
        }
    }

    /** Keeps these, whatever else there is. */
    public synchronized void addAll(List<String> bounded) {
        texts.addAll(bounded);
    }

    /** What was kept. */
    public synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    /** Says how many were left out; empty if none was. */
    public synchronized List<String> warning() {
        return leftOut == 0
                ? List.of()
                : List.of("warning: " + leftOut + " more " + what + " were left out, the limit is " + MOST);
    }
}
