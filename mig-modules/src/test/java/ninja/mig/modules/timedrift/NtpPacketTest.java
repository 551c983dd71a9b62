package ninja.mig.modules.timedrift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Stream;
import ninja.mig.model.Times;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NtpPacketTest {
    static Stream<VectorCase> vectors() {
        return VectorCase.of("timedrift/ntp");
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void readsWhatTheVectorsSay(VectorCase vector) throws Exception {
        byte[] response =
                HexFormat.of().parseHex(vector.json().get("response_hex").asText());

        if (vector.json().at("/expect/error").isMissingNode()) {
            assertEquals(vector.json().at("/expect/time").asText(), Times.format(NtpPacket.time(response)));
        } else {
            IOException e = assertThrows(IOException.class, () -> NtpPacket.time(response));
            assertTrue(e.getMessage().contains(vector.json().at("/expect/error").asText()), e.getMessage());
        }
    }

    @Test
    void asksAsClientsOfVersion3Do() {
        byte[] request = NtpPacket.request(0x0102030405060708L);

        assertEquals("1b" + "00".repeat(39) + "0102030405060708", HexFormat.of().formatHex(request));
    }

    @Test
    void hearsOnlyAnswersToItsQuestion() {
        byte[] answer = NtpClock.answer(NtpPacket.request(-5), Instant.EPOCH);

        assertTrue(NtpPacket.answers(answer, -5));
        assertFalse(NtpPacket.answers(answer, 5));
    }

    @Test
    void readsTimesOfTheNextEra() throws Exception {
        for (String time : new String[] {
            "1970-01-01T00:00:00Z", "2036-02-07T06:28:15.5Z", "2036-02-07T06:28:17Z", "2100-12-31T23:59:59.75Z"
        }) {
            byte[] answer = NtpClock.answer(NtpPacket.request(1), Instant.parse(time));
            assertEquals(time, Times.format(NtpPacket.time(answer)));
        }
    }

    @Test
    void refusesWhatIsNoAnswerOfAServer() {
        byte[] good = NtpClock.answer(NtpPacket.request(1), Instant.parse("2026-01-01T00:00:00Z"));
        for (int mode : new int[] {0, 1, 2, 3, 5, 6, 7}) {
            byte[] wrong = good.clone();
            wrong[0] = (byte) (0x18 | mode);
            assertRefused(wrong, "mode " + mode);
        }
        for (int stratum : new int[] {0, 16, 200, 255}) {
            byte[] wrong = good.clone();
            wrong[1] = (byte) stratum;
            assertRefused(wrong, "stratum " + stratum);
        }
        assertRefused(new byte[0], "short response of 0 bytes");
        assertRefused(ByteBuffer.allocate(49).put(good).array(), "long response of 49 bytes");
        assertRefused(new byte[1024], "long response");
    }

    private static void assertRefused(byte[] response, String reason) {
        IOException e = assertThrows(IOException.class, () -> NtpPacket.time(response));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
}
