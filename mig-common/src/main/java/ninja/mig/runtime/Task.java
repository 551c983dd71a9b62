package ninja.mig.runtime;

/** One run of a routine. */
@FunctionalInterface
public interface Task {
    void run() throws Exception;
}
