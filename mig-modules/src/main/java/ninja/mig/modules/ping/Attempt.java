package ninja.mig.modules.ping;

/** One way to ask whether a target is there. */
interface Attempt {
    /** Asks once, and waits no longer than the time limit of the attempt, apart from what starting a program takes. */
    Answer make() throws InterruptedException;
}
