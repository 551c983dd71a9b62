package ninja.mig.modules.regex;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes at a time, as one number of which the lowest byte comes first. */
final class Swar {
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final long ONES = 0x0101010101010101L;
    static final long HIGHS = 0x8080808080808080L;

    private Swar() {}

    /** The same byte eight times. */
    static long all(byte b) {
        return (b & 0xFF) * ONES;
    }

    /**
     * Which of 32 places the lowest sign says, of four times eight bytes. A sign is the high bit of a byte; at least one
     * byte has it.
     */
    static int lowest(long a, long b, long c, long d) {
        long signs = a & HIGHS;
        int skipped = 0;
        if (signs == 0) {
            signs = b & HIGHS;
            skipped = 8;
        }
        if (signs == 0) {
            signs = c & HIGHS;
            skipped = 16;
        }
        if (signs == 0) {
            signs = d & HIGHS;
            skipped = 24;
        }
        return skipped + Long.numberOfTrailingZeros(signs) / 8;
    }
}
