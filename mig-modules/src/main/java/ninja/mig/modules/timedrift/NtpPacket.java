package ninja.mig.modules.timedrift;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Messages of NTP, version 3: 48 bytes. */
final class NtpPacket {
    static final int LENGTH = 48;

    private static final int CLIENT_OF_VERSION_3 = 0x1B;
    private static final int ORIGINATE = 24;
    private static final int TRANSMIT = 40;

    private static final int LEAP_UNSYNCHRONISED = 3;
    private static final int MODE_SERVER = 4;
    private static final int HIGHEST_STRATUM = 15;

    /** Seconds from 1900 to 1970. */
    private static final long EPOCH = 2_208_988_800L;

    private static final long ERA = 1L << 32;
    private static final long NANOS = 1_000_000_000L;

    private NtpPacket() {}

    /** @param cookie stands for the client's time, which is nobody's business; the answer repeats it */
    static byte[] request(long cookie) {
        return ByteBuffer.allocate(LENGTH)
                .put(0, (byte) CLIENT_OF_VERSION_3)
                .putLong(TRANSMIT, cookie)
                .array();
    }

    /** Whether this can be an answer to the request with that cookie. */
    static boolean answers(byte[] response, long cookie) {
        return response.length < LENGTH || ByteBuffer.wrap(response).getLong(ORIGINATE) == cookie;
    }

    /**
     * When the server sent it, by its clock.
     *
     * @throws IOException if it is no answer, or the server says that its time is not to be used
     */
    static Instant time(byte[] response) throws IOException {
        if (response.length != LENGTH) {
            throw new IOException(
                    (response.length < LENGTH ? "short" : "long") + " response of " + response.length + " bytes");
        }
        int first = response[0] & 0xff;
        int stratum = response[1] & 0xff;
        if ((first & 7) != MODE_SERVER) {
            throw new IOException("the response is not usable: it has mode " + (first & 7));
        }
        if (stratum < 1 || stratum > HIGHEST_STRATUM) {
            throw new IOException("the response is not usable: it has stratum " + stratum);
        }
        if (first >> 6 == LEAP_UNSYNCHRONISED) {
            throw new IOException("the response is not usable: the server is not synchronised");
        }
        return transmitted(ByteBuffer.wrap(response));
    }

    /** Seconds whose top bit is clear belong to the era that begins in 2036. */
    private static Instant transmitted(ByteBuffer response) throws IOException {
        long seconds = response.getInt(TRANSMIT) & 0xffff_ffffL;
        long fraction = response.getInt(TRANSMIT + 4) & 0xffff_ffffL;
        if (seconds == 0) {
            throw new IOException("the response has a null timestamp");
        }
        long since1900 = seconds < ERA / 2 ? seconds + ERA : seconds;
        return Instant.ofEpochSecond(since1900 - EPOCH, fraction * NANOS >>> 32);
    }
}
