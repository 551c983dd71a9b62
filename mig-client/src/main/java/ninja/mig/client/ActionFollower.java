package ninja.mig.client;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.Action;
import ninja.mig.model.ActionCounters;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Times;

/** Waits until an action has landed, and shows on the way how far it is. */
public final class ActionFollower {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LATE_RESULTS = Duration.ofSeconds(10);
    private static final int MOST_FAILURES = 30;

    private final MigClient client;
    private final PrintStream progress;
    private final boolean dots;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param progress where the line of progress goes
     * @param dots whether to show a dot for each look; without, only changes are shown
     */
    public ActionFollower(MigClient client, PrintStream progress, boolean dots, Clock clock) {
        this.client = client;
        this.progress = progress;
        this.dots = dots;
        this.clock = clock;
    }

    /** Ends {@link #follow} soon; safe to call from any thread. */
    public void stop() {
        stopped.countDown();
    }

    /**
     * Looks at the action, seldomer as time goes by, until it is final, all its commands are done, its time is over, or
     * {@link #stop} is called.
     *
     * @return the action as it was seen last
     * @throws ApiException if the action cannot be read for half a minute
     */
    public Action follow(MigId id) throws ApiException, InterruptedException {
        progress.print("Following action ID " + id + ".");
        progress.flush();
        Action seen = null;
        Duration pause = FIRST_PAUSE;
        int failures = 0;
        while (true) {
            try {
                Action now = client.action(id);
                failures = 0;
                show(seen, now);
                seen = now;
                if (isOver(now)) {
                    break;
                }
            } catch (ApiException e) {
                if (++failures > MOST_FAILURES || e.status() == 401 || e.status() == 403) {
                    progress.println();
                    throw e;
                }
                pause = Duration.ofSeconds(1);
            }
            if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                break;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
        progress.println();
        if (seen == null) {
            throw new ApiException(0, "stopped before the action could be read");
        }
        summarize(seen);
        return seen;
    }

    private boolean isOver(Action action) {
        ActionCounters c = action.counters();
        boolean allDone = c.done() > 0 && c.done() >= c.sent();
        boolean tooLate = clock.instant().isAfter(action.expireAfter().plus(LATE_RESULTS));
        return action.status() != null && action.status().isFinal() || allDone || tooLate;
    }

    private void show(Action before, Action now) {
        if (dots) {
            progress.print(".");
        }
        if (before == null || before.status() != now.status()) {
            progress.print((dots ? "" : " ") + "status=" + (now.status() == null ? "unknown" : now.status()));
        }
        int done = now.counters().done();
        if (done > (before == null ? 0 : before.counters().done())) {
            double percent = 100.0 * done / Math.max(1, now.counters().sent());
            if (percent < 99.5) {
                progress.printf(Locale.ROOT, dots ? "%.0f%%" : " %.0f%%", percent);
            }
        }
        progress.flush();
    }

    private void summarize(Action action) {
        ActionCounters c = action.counters();
        Instant started = Times.isUnset(action.startTime()) ? clock.instant() : action.startTime();
        Instant ended = action.status() == ActionStatus.COMPLETED ? action.finishTime() : clock.instant();
        double percent = c.sent() == 0 ? 0 : 100.0 * c.done() / c.sent();
        Duration took = Duration.between(started, ended);
        progress.printf(
                Locale.ROOT,
                "- %.1f%% done in %s%n",
                percent,
                GoDuration.format(took.isNegative() ? Duration.ZERO : took));
        progress.println(counters(c));
    }

    /** The line of counters: {@code 41 sent, 41 done, 40 succeeded, 1 expired}. */
    public static String counters(ActionCounters c) {
        List<String> parts = new ArrayList<>(List.of(c.sent() + " sent", c.done() + " done"));
        add(parts, c.inflight(), "inflight");
        add(parts, c.success(), "succeeded");
        add(parts, c.cancelled(), "cancelled");
        add(parts, c.expired(), "expired");
        add(parts, c.failed(), "failed");
        add(parts, c.timeout(), "timed out");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, int count, String word) {
        if (count > 0) {
            parts.add(count + " " + word);
        }
    }
}
