package ninja.mig.runtime;

/** One loop of {@link Routines}. */
public interface Routine {
    /**
     * Makes the next run begin at once. A call during a run makes another run follow it; several calls make one run. After
     * a failure the pause is waited for all the same.
     */
    void wake();
}
