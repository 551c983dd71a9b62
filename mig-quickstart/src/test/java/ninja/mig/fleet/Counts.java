package ninja.mig.fleet;

/**
 * What a fleet has seen and done so far.
 *
 * @param commands different command ids received
 * @param duplicates commands that came again though the relay had delivered them but once: published twice
 * @param redeliveries commands that the relay delivered again, marked as such
 * @param misdirected commands for another agent than the one whose queue they came through
 * @param malformed messages that are no commands
 * @param results results that the relay confirmed
 * @param heartbeats heartbeats that the relay confirmed
 * @param returned messages that no queue took
 * @param cuts connections lost
 */
public record Counts(
        long commands,
        long duplicates,
        long redeliveries,
        long misdirected,
        long malformed,
        long results,
        long heartbeats,
        long returned,
        long cuts) {}
