package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentIdentityTest {
    @TempDir
    Path directory;

    @Test
    void drawsThirteenCharactersAndKeepsThem() throws Exception {
        QueueLoc first = load("host.example.net").queueLoc();
        QueueLoc second = load("host.example.net").queueLoc();

        assertTrue(first.uid().matches("[a-z0-9]{13}"), first.uid());
        assertEquals(first, second);
        assertEquals("linux.host.example.net." + first.uid(), first.toString());
        assertEquals(first.uid(), Files.readString(id()));
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(id())));
        assertEquals(
                "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run"))));
    }

    @Test
    void drawsAnotherIdForAnotherHost() throws Exception {
        assertNotEquals(
                load("a").queueLoc().uid(),
                AgentIdentity.load(RunDir.open(directory.resolve("other")), "linux", "a")
                        .queueLoc()
                        .uid());
    }

    @Test
    void keepsALongerIdOfTheOriginal() throws Exception {
        String old = "3lkj9a0w".repeat(6);
        RunDir.open(directory.resolve("run"));
        Files.writeString(id(), old + "\n");

        assertEquals(old, load("host").queueLoc().uid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "UPPERCASEISNOTVALID", "with.dots.in.it.12345", "two lines\nof text 12345"})
    void drawsAgainWhenTheFileHoldsSomethingElse(String content) throws Exception {
        RunDir.open(directory.resolve("run"));
        Files.writeString(id(), content);

        String uid = load("host").queueLoc().uid();

        assertTrue(uid.matches("[a-z0-9]{13}"), uid);
        assertEquals(uid, Files.readString(id()));
    }

    @Test
    void replacesWhatAQueueNameCannotHold() throws Exception {
        assertEquals("my-host-.net", load(".my host!.net.").queueLoc().hostname());
    }

    @Test
    void cutsAHostNameThatIsTooLong() throws Exception {
        String queueLoc = load("h".repeat(300)).queueLoc().toString();

        assertEquals(QueueLoc.MAX_LENGTH, queueLoc.length());
        QueueLoc.parse(queueLoc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "...", "."})
    void refusesAHostWithoutAName(String hostname) {
        assertThrows(RejectedException.class, () -> load(hostname));
    }

    @Test
    void refusesAnotherSystem() {
        assertThrows(
                RejectedException.class,
                () -> AgentIdentity.load(RunDir.open(directory.resolve("run")), "freebsd", "host"));
    }

    @Test
    void leavesAForeignFileAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("run"), "precious");

        assertThrows(FileAlreadyExistsException.class, () -> RunDir.open(file));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void doesNotTellItsIdByAccident() throws Exception {
        AgentIdentity identity = load("host");

        assertFalse(identity.toString().contains(identity.queueLoc().uid()));
    }

    private AgentIdentity load(String hostname) throws Exception {
        return AgentIdentity.load(RunDir.open(directory.resolve("run")), "linux", hostname);
    }

    private Path id() {
        return directory.resolve("run").resolve(".migagtid");
    }
}
