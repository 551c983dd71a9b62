package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NameLookUpTest {
    private static final InetAddress[] FOUND = {InetAddress.getLoopbackAddress()};

    private final AtomicInteger questions = new AtomicInteger();
    private final CountDownLatch answer = new CountDownLatch(1);

    private InetAddress[] late(String host) throws UnknownHostException {
        questions.incrementAndGet();
        try {
            answer.await();
            return FOUND;
        } catch (InterruptedException e) {
            throw new UnknownHostException(host);
        }
    }

    @Test
    void waitsNotForEverAndAsksOnceMeanwhile() throws Exception {
        NameLookUp impatient = new NameLookUp(Duration.ofMillis(50), this::late);
        for (int i = 0; i < 3; i++) {
            IOException e = assertThrows(IOException.class, () -> impatient.addresses("relay.example.net"));
            assertEquals(
                    "no answer within 50ms about the name relay.example.net: see the name servers", e.getMessage());
        }
        assertEquals(1, questions.get());
        answer.countDown();
    }

    @Test
    void asksAnewOnceThereWasAnAnswer() throws Exception {
        answer.countDown();
        NameLookUp patient = new NameLookUp(Duration.ofSeconds(20), this::late);

        assertArrayEquals(FOUND, patient.addresses("relay.example.net"));
        while (questions.get() < 2) { // the thread of the first answer may not have forgotten the question yet
            assertArrayEquals(FOUND, patient.addresses("relay.example.net"));
        }
    }

    @Test
    void tellsThatANameIsNotKnown() {
        NameLookUp names = new NameLookUp(Duration.ofSeconds(20), host -> {
            throw new UnknownHostException(host + ": Name or service not known");
        });

        UnknownHostException e = assertThrows(UnknownHostException.class, () -> names.addresses("nowhere"));
        assertEquals("the name nowhere is not known", Shutdown.text(e));
    }

    @Test
    void tellsOfDefects() {
        NameLookUp names = new NameLookUp(Duration.ofSeconds(20), host -> {
            throw new SecurityException("no");
        });

        IOException e = assertThrows(IOException.class, () -> names.addresses("relay"));
        assertEquals("the name relay cannot be looked up: java.lang.SecurityException: no", e.getMessage());
    }
}
