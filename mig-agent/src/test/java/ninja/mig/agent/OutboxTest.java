package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
    @TempDir
    Path directory;

    @Test
    void keepsAnswersInOrderAcrossARestart() throws Exception {
        Outbox outbox = open(10, 1000);
        outbox.keepRefusal(new MigId(9), bytes("first"));
        outbox.keepRefusal(new MigId(1), bytes("second"));

        Outbox reopened = open(10, 1000);
        reopened.keepRefusal(new MigId(5), bytes("third"));

        assertEquals(List.of("first", "second", "third"), drain(reopened));
        assertTrue(reopened.isEmpty());
    }

    @Test
    void dropsTheOldestWhenTooManyWait() throws Exception {
        Outbox outbox = open(2, 1000);
        outbox.keepRefusal(new MigId(1), bytes("first"));
        outbox.keepRefusal(new MigId(2), bytes("second"));
        outbox.keepRefusal(new MigId(3), bytes("third"));

        assertEquals(List.of("second", "third"), drain(outbox));
    }

    @Test
    void dropsTheOldestWhenTheyAreTooLarge() throws Exception {
        Outbox outbox = open(10, 10);
        outbox.keepRefusal(new MigId(1), bytes("12345"));
        outbox.keepRefusal(new MigId(2), bytes("67890"));
        outbox.keepRefusal(new MigId(3), bytes("abc"));

        assertEquals(List.of("67890", "abc"), drain(outbox));
    }

    @Test
    void dropsWhatWasPutAsideAndRefusalsBeforeAnswers() throws Exception {
        Outbox outbox = open(4, 1000);
        outbox.keep(new MigId(1), bytes("first"), () -> {});
        outbox.keep(new MigId(2), bytes("aside"), () -> {});
        outbox.setAside(outbox.waiting().get(1));
        outbox.keepRefusal(new MigId(3), bytes("refusal"));
        outbox.keepRefusal(new MigId(4), bytes("later refusal"));
        Path aside = directory.resolve("outbox/0000000000000000002-2.json.unsent");
        assertTrue(Files.exists(aside));

        outbox.keep(new MigId(5), bytes("second"), () -> {});
        assertFalse(Files.exists(aside));
        outbox.keep(new MigId(6), bytes("third"), () -> {});
        outbox.keep(new MigId(7), bytes("fourth"), () -> {});
        assertEquals(4, outbox.waiting().size());

        outbox.keepRefusal(new MigId(8), bytes("no answer goes for a refusal"));
        outbox.keep(new MigId(9), bytes("fifth"), () -> {});
        assertEquals(List.of("second", "third", "fourth", "fifth"), drain(outbox));
    }

    @Test
    void keepsAnAnswerThatIsLargerThanItsRoom() throws Exception {
        Outbox outbox = open(10, 10);
        outbox.keepRefusal(new MigId(1), bytes("a long answer, longer than ten bytes"));

        assertEquals(1, drain(outbox).size());
    }

    @Test
    void tellsAnswersFromRefusals() throws Exception {
        Outbox outbox = open(10, 1000);
        outbox.keepRefusal(new MigId(1), bytes("refusal"));
        assertFalse(outbox.holds(new MigId(1)));

        outbox.keep(new MigId(11), bytes("answer"), () -> {});
        assertFalse(outbox.holds(new MigId(1)));
        assertTrue(outbox.holds(new MigId(11)));
    }

    @Test
    void letsNobodyRemoveAnAnswerBeforeItIsRemembered() throws Exception {
        Outbox outbox = open(10, 1000);
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch kept = new CountDownLatch(1);
        Thread sender = new Thread(() -> {
            try {
                kept.await();
                outbox.remove(directory.resolve("outbox/0000000000000000001-1.json"));
                events.add("removed");
            } catch (IOException | InterruptedException e) {
                events.add(e.toString());
            }
        });
        sender.start();

        outbox.keep(new MigId(1), bytes("answer"), () -> {
            kept.countDown();
            while (sender.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            events.add("remembered");
        });

        sender.join();
        assertEquals(List.of("remembered", "removed"), events);
        assertTrue(outbox.isEmpty());
    }

    @Test
    void keepsAnswersForItsOwnerAlone() throws Exception {
        Outbox outbox = open(10, 1000);
        outbox.keep(new MigId(1), bytes("answer"), () -> {});

        assertEquals("rwx------", mode(directory.resolve("outbox")));
        assertEquals("rw-------", mode(outbox.waiting().get(0)));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void ignoresForeignFiles() throws Exception {
        Outbox outbox = open(10, 1000);
        Files.writeString(directory.resolve("outbox").resolve("README"), "hello");
        Files.writeString(directory.resolve("outbox").resolve(".mig123"), "unfinished");

        assertEquals(List.of(), outbox.waiting());
    }

    private Outbox open(int files, long bytes) throws Exception {
        return Outbox.open(RunDir.open(directory), files, bytes);
    }

    private static List<String> drain(Outbox outbox) throws Exception {
        List<String> all = new ArrayList<>();
        for (Path next : outbox.waiting()) {
            all.add(Files.readString(next));
            outbox.remove(next);
        }
        return all;
    }

    private static RunDir.Content bytes(String text) {
        return RunDir.content(text.getBytes(StandardCharsets.UTF_8));
    }
}
