package ninja.mig.agent;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;

/**
 * The commands that came last, for the people of this host: when, which, and how they ended. What was asked and found is the
 * investigators' business and is not kept here.
 */
final class CommandHistory {
    static final int KEPT = 10;

    private final Clock clock;
    private final Deque<Entry> newestFirst = new ArrayDeque<>();

    /**
     * One command.
     *
     * @param received when
     * @param state {@code running}, {@code refused}, or the status of its answer
     */
    record Entry(Instant received, MigId command, MigId action, String state) {}

    CommandHistory(Clock clock) {
        this.clock = clock;
    }

    /** A command that was accepted. */
    void began(MigId command, MigId action) {
        add(new Entry(clock.instant(), command, action, "running"));
    }

    /** A command that is answered by the reason of its refusal. */
    void refused(MigId command, MigId action) {
        add(new Entry(clock.instant(), command, action, "refused"));
    }

    /** The answer of a command that began is kept for the relay. A command that was pushed out meanwhile is not brought back. */
    synchronized void answered(MigId command, CommandStatus status) {
        List<Entry> entries = List.copyOf(newestFirst);
        newestFirst.clear();
        for (Entry entry : entries) {
            boolean isIt = entry.command().equals(command) && entry.state().equals("running");
            newestFirst.addLast(isIt ? new Entry(entry.received(), command, entry.action(), status.word()) : entry);
        }
    }

    private synchronized void add(Entry entry) {
        newestFirst.addFirst(entry);
        if (newestFirst.size() > KEPT) {
            newestFirst.removeLast();
        }
    }

    /** At most {@value #KEPT}. */
    synchronized List<Entry> newestFirst() {
        return List.copyOf(newestFirst);
    }
}
