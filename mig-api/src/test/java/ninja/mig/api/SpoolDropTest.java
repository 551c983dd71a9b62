package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolDropTest {
    @TempDir
    private Path spool;

    private static Action action() throws Exception {
        return MigJson.read(Vectors.text("signed/01-ada-rsa.json"), Action.class)
                .withId(new MigId(42));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void writesTheActionAndNothingElse() throws Exception {
        Path fresh = Files.createDirectories(spool.resolve("action/new"));
        Path tmp = Files.createDirectories(spool.resolve("tmp"));

        new SpoolDrop(spool, spool.resolve("tmp")).drop(action());

        assertEquals(List.of("42.json"), names(fresh));
        assertEquals(List.of(), names(tmp));
        Path file = fresh.resolve("42.json");
        assertArrayEquals(MigJson.bytes(action()), Files.readAllBytes(file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void takesNoFilesPlaceThatTheSchedulerHasPutThere() throws Exception {
        Path fresh = Files.createDirectories(spool.resolve("action/new"));
        Path tmp = Files.createDirectories(spool.resolve("tmp"));
        Path inHand = Files.writeString(fresh.resolve("42.json"), "the scheduler's");

        new SpoolDrop(spool, tmp).drop(action());

        assertEquals("the scheduler's", Files.readString(inHand));
        assertEquals(List.of(), names(tmp));
    }

    @Test
    void doesWithoutASpoolThatIsNotThere() {
        assertDoesNotThrow(() -> new SpoolDrop(spool.resolve("nowhere"), spool.resolve("tmp")).drop(action()));
    }

    @Test
    void leavesNothingBehindWhenTheFolderIsMissing() throws Exception {
        Path tmp = Files.createDirectories(spool.resolve("tmp"));

        new SpoolDrop(spool, spool.resolve("tmp")).drop(action());

        assertEquals(List.of(), names(tmp));
    }
}
