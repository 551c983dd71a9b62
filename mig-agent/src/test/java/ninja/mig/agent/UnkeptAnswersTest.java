package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnkeptAnswersTest {
    @TempDir
    Path folder;

    private final UnkeptAnswers unkept = new UnkeptAnswers(1000, 100_000);

    @Test
    void isBoundedInMemory() {
        assertTrue(unkept.take(new MigId(1), small(600)));
        assertFalse(unkept.take(new MigId(2), small(600)));
        assertTrue(unkept.take(new MigId(3), small(300)), "there is room for that");
        assertTrue(unkept.has(new MigId(1)) && unkept.has(new MigId(3)));
        assertFalse(unkept.has(new MigId(2)));
    }

    @Test
    void isBoundedOnDisk() throws Exception {
        assertTrue(unkept.take(new MigId(1), large(60_000)));
        assertFalse(unkept.take(new MigId(2), large(60_000)));
        assertTrue(unkept.take(new MigId(3), small(600)), "which is not full of that");
        assertTrue(unkept.take(new MigId(4), large(30_000)));
    }

    @Test
    void triesTheSmallOnesFirstAndForgetsWhatIsKept() throws Exception {
        unkept.take(new MigId(1), large(60_000));
        unkept.take(new MigId(2), small(300));
        unkept.take(new MigId(3), small(200));
        List<MigId> tried = new ArrayList<>();

        unkept.retry((command, answer) -> {
            tried.add(command);
            if (command.equals(new MigId(2))) {
                throw new IOException("No space left on device");
            }
        });

        assertEquals(List.of(new MigId(3), new MigId(2), new MigId(1)), tried);
        assertTrue(unkept.has(new MigId(2)));
        assertFalse(unkept.has(new MigId(1)) || unkept.has(new MigId(3)));
        assertTrue(unkept.take(new MigId(4), large(60_000)), "there is room again");
    }

    @Test
    void leavesNoFileWhenItGivesUp() throws Exception {
        unkept.take(new MigId(1), large(60_000));

        unkept.giveUp();

        assertFalse(unkept.has(new MigId(1)));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static Answer small(int bytes) {
        return new Answer(new byte[bytes], List.of());
    }

    private Answer large(int bytes) throws Exception {
        ModuleOutput output = new ModuleOutput(folder);
        byte[] document = ("{\"elements\":\"" + "x".repeat(bytes) + "\"}").getBytes(UTF_8);
        assertTrue(output.take(document, document.length));
        output.end();
        output.check();
        return new Answer(new byte[10], List.of(new Outcome.Finished(output)));
    }
}
