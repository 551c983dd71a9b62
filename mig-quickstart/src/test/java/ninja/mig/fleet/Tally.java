package ninja.mig.fleet;

import java.util.concurrent.atomic.LongAdder;

/** Counts as they grow. */
final class Tally {
    final LongAdder commands = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final LongAdder redeliveries = new LongAdder();
    final LongAdder misdirected = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder results = new LongAdder();
    final LongAdder heartbeats = new LongAdder();
    final LongAdder returned = new LongAdder();
    final LongAdder cuts = new LongAdder();

    Counts counts() {
        return new Counts(
                commands.sum(),
                duplicates.sum(),
                redeliveries.sum(),
                misdirected.sum(),
                malformed.sum(),
                results.sum(),
                heartbeats.sum(),
                returned.sum(),
                cuts.sum());
    }
}
