package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HttpQuestionsTest {
    private final HttpQuestions questions = new HttpQuestions("questions-test", Duration.ofMillis(100));
    private final CountDownLatch going = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void asksNothingWhileTheQuestionBeforeHangs() throws Exception {
        assertEquals("no answer within 100ms", failure());
        for (int i = 0; i < 5; i++) {
            assertEquals("the question before is not answered yet", failure());
        }
        assertEquals(1, asked.get());

        going.countDown();
        Await.until("the first one has ended", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("questions-test")));
        assertEquals("answer", questions.ask(asking -> "answer"));
    }

    private String failure() {
        return assertThrows(IOException.class, () -> questions.ask(asking -> hang()))
                .getMessage();
    }

    private String hang() throws IOException {
        asked.incrementAndGet();
        try {
            going.await();
            return "late";
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
