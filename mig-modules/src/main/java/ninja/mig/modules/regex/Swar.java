package ninja.mig.modules.regex;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes at a time, as one number of which the lowest byte comes first; or four. */
final class Swar {
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final long ONES = 0x0101010101010101L;
    static final long HIGHS = 0x8080808080808080L;

    private Swar() {}

    /** The same byte eight times. */
    static long all(byte b) {
        return (b & 0xFF) * ONES;
    }

    /** Which of 32 places the first zero byte has, of four times eight bytes; -1 if there is none. */
    static int lowestZero(long a, long b, long c, long d) {
        // The lowest sign of eight is right; above it there may be false ones.
        long signs = a - ONES & ~a & HIGHS;
        int skipped = 0;
        if (signs == 0) {
            signs = b - ONES & ~b & HIGHS;
            skipped = 8;
        }
        if (signs == 0) {
            signs = c - ONES & ~c & HIGHS;
            skipped = 16;
        }
        if (signs == 0) {
            signs = d - ONES & ~d & HIGHS;
            skipped = 24;
        }
        return signs == 0 ? -1 : skipped + Long.numberOfTrailingZeros(signs) / 8;
    }
}
