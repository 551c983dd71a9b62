package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import ninja.mig.model.MigId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsAtHandTest {
    private static final MigId ONE = new MigId(1);
    private static final MigId TWO = new MigId(2);
    private static final MigId THREE = new MigId(3);

    @TempDir
    Path directory;

    @Test
    void takesOverWhatAProcessThatIsGoneLeft() throws Exception {
        try (CommandsAtHand gone = open()) {
            gone.take(THREE, "three".getBytes(UTF_8));
            gone.take(ONE, "one".getBytes(UTF_8));
            gone.take(TWO, "two".getBytes(UTF_8));
            gone.begin(ONE);
            gone.done(TWO);
        }
        try (CommandsAtHand next = open()) {
            assertEquals(List.of(), next.all());
            assertTrue(next.isKnown(ONE));
            assertFalse(next.isKnown(TWO));

            next.takeOver();

            assertEquals(List.of(THREE, ONE), next.all());
            assertTrue(next.isWaiting(THREE));
            assertFalse(next.isWaiting(ONE));
            CommandsAtHand.Entry one = next.find(ONE).orElseThrow();
            assertTrue(one.isRunning());
            assertEquals("one", Files.readString(one.file()));
            assertEquals(1, folders(), "the folder of the other process is gone");
        }
    }

    @Test
    void leavesNothingWhenEverythingIsAnswered() throws Exception {
        try (CommandsAtHand commands = open()) {
            commands.take(ONE, new byte[10]);
            commands.begin(ONE);
            commands.begin(ONE);
            commands.done(ONE);
            commands.done(ONE);
        }
        try (Stream<Path> left = Files.list(directory.resolve("commands"))) {
            assertEquals(List.of(directory.resolve("commands/.lock")), left.toList());
        }
    }

    @Test
    void deletesWhatModulesWroteForAProcessThatIsGone() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("commands/4-other"));
        Files.writeString(folder.resolve("123.output"), "half a result");
        try (CommandsAtHand commands = open()) {
            commands.takeOver();
            assertFalse(Files.exists(folder));
            Files.writeString(commands.folder().resolve("456.output"), "another");
        }
        assertEquals(0, folders());
    }

    @Test
    void takesNoMoreThanAThousand() throws Exception {
        try (CommandsAtHand commands = open()) {
            for (int id = 1; id <= 1000; id++) {
                assertTrue(commands.hasRoom(1));
                commands.take(new MigId(id), new byte[1]);
            }
            assertFalse(commands.hasRoom(1));
        }
    }

    @Test
    void leavesALivingProcessAlone() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("commands/4-other"));
        Files.writeString(folder.resolve("000000000000000001-1.running"), "one");
        Process other = LockHolder.start(directory.resolve("commands/4-other.lock"));
        try (CommandsAtHand commands = open()) {
            commands.takeOver();
            assertEquals(List.of(), commands.all());
            assertTrue(commands.isKnown(ONE));

            other.destroyForcibly().waitFor();
            commands.takeOver();
            assertEquals(List.of(ONE), commands.all());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void believesTheOneThatMayHaveBegunACommandThatTwoHad() throws Exception {
        for (List<String> states : List.of(List.of("waiting", "running"), List.of("running", "waiting"))) {
            for (int folder = 0; folder < 2; folder++) {
                Path left = Files.createDirectories(directory.resolve("commands/4-other" + folder));
                Files.writeString(left.resolve("000000000000000001-1." + states.get(folder)), "one");
            }
            try (CommandsAtHand commands = open()) {
                commands.takeOver();

                assertEquals(List.of(ONE), commands.all());
                assertTrue(commands.find(ONE).orElseThrow().isRunning(), states::toString);
                try (Stream<Path> files = Files.list(commands.folder())) {
                    assertEquals(1, files.count());
                }
                commands.done(ONE);
            }
        }
    }

    @Test
    void takesOverAFolderWhoseProcessDiedBeforeItsLock() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("commands/4-other"));
        try (CommandsAtHand commands = open()) {
            commands.takeOver();

            assertFalse(Files.exists(folder));
            assertFalse(Files.exists(directory.resolve("commands/4-other.lock")));
        }
    }

    @Test
    void isClosedWhileNobodyLooksForTheDead() throws Exception {
        CommandsAtHand commands = open();
        Path folder = commands.folder();
        Process looking = LockHolder.start(directory.resolve("commands/.lock"));
        try {
            CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(commands));
            assertThrows(TimeoutException.class, () -> closing.get(200, TimeUnit.MILLISECONDS));
            assertTrue(Files.exists(folder), "its removal could be taken for a death");

            looking.destroyForcibly().waitFor();
            closing.get(30, TimeUnit.SECONDS);
            assertFalse(Files.exists(folder));
        } finally {
            looking.destroyForcibly();
        }
    }

    private static void close(CommandsAtHand commands) {
        try {
            commands.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void canBeClosedWhenSomebodyHasRemovedItsFolder() throws Exception {
        CommandsAtHand commands = open();
        Files.delete(commands.folder());

        commands.close();

        try (Stream<Path> left = Files.list(directory.resolve("commands"))) {
            assertEquals(List.of(directory.resolve("commands/.lock")), left.toList());
        }
    }

    @Test
    void takesOverTheOthersWhenOneFolderCannotBe() throws Exception {
        Path first = Files.createDirectories(directory.resolve("commands/3-other"));
        Files.createDirectory(directory.resolve("commands/3-other.lock"));
        Path second = Files.createDirectories(directory.resolve("commands/4-other"));
        Files.writeString(second.resolve("000000000000000001-1.waiting"), "one");
        try (CommandsAtHand commands = open()) {
            commands.takeOver();

            assertEquals(List.of(ONE), commands.all());
            assertTrue(Files.exists(first));
        }
    }

    @Test
    void leavesForeignFilesWhereTheyAre() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("commands/4-other"));
        Path foreign = Files.writeString(folder.resolve("1-99999999999999999999.waiting"), "hello");
        Files.writeString(folder.resolve("000000000000000001-1.waiting"), "one");
        try (CommandsAtHand commands = open()) {
            commands.takeOver();
            commands.takeOver();

            assertEquals(List.of(ONE), commands.all());
            assertTrue(Files.exists(foreign));
        }
    }

    @Test
    void isBounded() throws Exception {
        int large = 20 << 20;
        try (CommandsAtHand commands = open()) {
            assertTrue(commands.hasRoom(2 * large), "whatever its size, one has room");
            commands.take(ONE, new byte[large]);
            assertFalse(commands.hasRoom(large));
            assertTrue(commands.hasRoom(100));

            commands.done(ONE);
            assertTrue(commands.hasRoom(large));
        }
    }

    @Test
    void keepsCommandsForItsOwnerAlone() throws Exception {
        try (CommandsAtHand commands = open()) {
            commands.take(ONE, new byte[10]);
            Path file = commands.find(ONE).orElseThrow().file();

            assertEquals("rw-------", mode(file));
            assertEquals("rwx------", mode(file.getParent()));
            assertEquals("rwx------", mode(directory.resolve("commands")));
            assertEquals("rw-------", mode(directory.resolve("commands/.lock")));
        }
    }

    private CommandsAtHand open() throws Exception {
        return CommandsAtHand.open(RunDir.open(directory));
    }

    private long folders() throws Exception {
        try (Stream<Path> found = Files.list(directory.resolve("commands"))) {
            return found.filter(Files::isDirectory).count();
        }
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
