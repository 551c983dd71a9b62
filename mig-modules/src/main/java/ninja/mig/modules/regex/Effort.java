package ninja.mig.modules.regex;

/**
 * What one thread may spend on looking for several literals at once. Where places look like one of them all the time, or are
 * one that does not help, they have to be looked for in another way for a while.
 */
public final class Effort {
    /** So many comparisons in any case. */
    private static final int LEAST = 1000;

    /** And one more for so many bytes. */
    private static final int BYTES = 4;

    /** The other way is gone for so many times as many bytes. */
    private static final int PAUSE = 64;

    private long pause;
    private long left;

    /** @return whether to begin with so many bytes; if not, they will be looked at in another way */
    boolean begin(int bytes) {
        if (pause > 0) {
            pause = Math.max(0, pause - bytes);
            return false;
        }
        left = LEAST + bytes / BYTES;
        return true;
    }

    /** @return whether so many comparisons were allowed */
    boolean spend(int comparisons) {
        left -= comparisons;
        return left >= 0;
    }

    /** More than was allowed has been spent. @param bytes those that it was allowed for */
    void pause(int bytes) {
        pause = (long) PAUSE * Math.max(bytes, LEAST);
    }
}
