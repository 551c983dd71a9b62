package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.ActionStatus;
import ninja.mig.model.Agent;
import ninja.mig.model.Command;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.Operation;
import ninja.mig.model.RejectedException;
import ninja.mig.scheduler.Spool.Folder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private static final Instant NOW = Instant.parse("2015-08-01T12:00:00Z");
    private static final Action ACTION = Action.draft(
                    "a", "true", NOW, NOW.plusSeconds(60), List.of(new Operation("file", null)))
            .withId(new MigId(7));
    private static final Command COMMAND =
            new Command(new MigId(8), ACTION, Agent.NONE, CommandStatus.SENT, List.of(), NOW, null);
    private static final Command FINISHED = COMMAND.withAnswer(CommandStatus.SUCCESS, List.of());

    @TempDir
    Path folder;

    private Spool spool;
    private ActionFiles actions;
    private CommandFiles commands;

    @BeforeEach
    void open() {
        spool = Spool.open(folder.resolve("spool"), folder.resolve("spool/tmp"), true);
        actions = new ActionFiles(spool);
        commands = new CommandFiles(spool);
    }

    private Path at(String path) {
        return folder.resolve("spool").resolve(path);
    }

    private List<String> everything() throws IOException {
        return files("").stream().filter(file -> !file.startsWith("tmp/")).toList();
    }

    private List<String> spare() throws IOException {
        return files("tmp");
    }

    private List<String> files(String below) throws IOException {
        try (var files = Files.walk(at(below))) {
            return files.filter(Files::isRegularFile)
                    .map(f -> folder.resolve("spool").relativize(f).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void createsTheFoldersOfTheDeploymentGuide() throws IOException {
        for (String path : List.of(
                "action/new",
                "action/done",
                "action/inflight",
                "action/invalid",
                "command/done",
                "command/inflight",
                "command/ready",
                "command/returned")) {
            assertTrue(Files.isDirectory(at(path)), path);
            assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(at(path))), path);
        }
    }

    @Test
    void keepsWhatIsThere() throws IOException {
        actions.setUp(ACTION);

        open();

        assertEquals(List.of("action/new/7.json"), everything());
    }

    @Test
    void writesFilesOfFinishedCommandsAgain() throws IOException, RejectedException {
        commands.ready(COMMAND);
        Object file = Files.getAttribute(at("command/ready/7-8.json"), "unix:ino");
        commands.finish(FINISHED, MigJson.bytes(FINISHED));
        assertEquals(1, spare().size());

        byte[] body = commands.ready(COMMAND);

        assertEquals(List.of("command/done/7-8.json", "command/ready/7-8.json"), everything());
        assertEquals(List.of(), spare());
        assertEquals(file, Files.getAttribute(at("command/ready/7-8.json"), "unix:ino"));
        assertArrayEquals(body, commands.read(at("command/ready/7-8.json")).orElseThrow());
        assertArrayEquals(MigJson.bytes(FINISHED), Files.readAllBytes(at("command/done/7-8.json")));
    }

    @Test
    void makesAFileIfTheSpareOneIsGone() throws IOException {
        commands.ready(COMMAND);
        commands.finish(FINISHED, MigJson.bytes(FINISHED));
        Files.delete(at(spare().get(0)));

        commands.ready(COMMAND);

        assertEquals(List.of("command/done/7-8.json", "command/ready/7-8.json"), everything());
    }

    @Test
    void followsNoLinkThatStandsInForASpareFile() throws IOException {
        commands.ready(COMMAND);
        commands.finish(FINISHED, MigJson.bytes(FINISHED));
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path spare = at(spare().get(0));
        Files.delete(spare);
        Files.createSymbolicLink(spare, victim);

        assertThrows(IOException.class, () -> commands.ready(COMMAND));
        commands.ready(COMMAND);

        assertEquals("precious", Files.readString(victim));
    }

    @Test
    void refusesASpoolThatIsAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        ConfException refusal =
                assertThrows(ConfException.class, () -> Spool.open(file.resolve("spool"), folder.resolve("tmp"), true));

        assertTrue(refusal.getMessage().startsWith("[directories] spool "));
    }

    @Test
    void refusesTemporaryFilesOnAnotherFileSystem() throws IOException {
        Path shm = Path.of("/dev/shm");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.isWritable(shm) && !Files.getFileStore(shm).equals(Files.getFileStore(folder)));
        Path elsewhere = Files.createTempDirectory(shm, "mig-spool-test");

        ConfException refusal =
                assertThrows(ConfException.class, () -> Spool.open(folder.resolve("spool"), elsewhere, true));

        assertTrue(refusal.getMessage().contains("must be on one file system"), refusal.getMessage());
        try (var left = Files.list(elsewhere)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(elsewhere);
    }

    @Test
    void writesReadableForTheGroupOnly() throws IOException {
        actions.setUp(ACTION);

        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(at("action/new/7.json"))));
    }

    @Test
    void movesAnActionFromPlaceToPlace() throws Exception {
        actions.setUp(ACTION);
        assertEquals(List.of("action/new/7.json"), everything());

        actions.fly(ACTION);
        assertEquals(List.of("action/inflight/7.json"), everything());

        actions.land(ACTION.withStatus(ActionStatus.COMPLETED));
        assertEquals(List.of("action/done/7.json"), everything());
        assertEquals(
                ActionStatus.COMPLETED,
                actions.read(at("action/done/7.json")).orElseThrow().status());
    }

    @Test
    void tellsWhyAnActionIsInvalid() throws Exception {
        actions.setUp(ACTION);

        actions.invalidate(ACTION, "no agent");

        assertEquals(List.of("action/invalid/7.json", "action/invalid/7.json.reason"), everything());
        assertEquals("no agent\n", Files.readString(at("action/invalid/7.json.reason")));
    }

    @Test
    void anActionInHandIsToldFromAHint() throws Exception {
        actions.setUp(ACTION.withStatus(ActionStatus.PENDING));

        assertTrue(ActionFiles.isInHand(actions.read(at("action/new/7.json")).orElseThrow()));
        assertFalse(ActionFiles.isInHand(ACTION.withStatus(ActionStatus.PENDING)));
        assertFalse(ActionFiles.isInHand(ACTION));
    }

    @Test
    void movesACommandFromPlaceToPlace() throws Exception {
        commands.ready(COMMAND);
        assertEquals(List.of("command/ready/7-8.json"), everything());
        assertTrue(commands.knows(COMMAND));

        commands.fly(at("command/ready/7-8.json"));
        assertEquals(List.of("command/inflight/7-8.json"), everything());
        assertTrue(commands.knows(COMMAND));

        commands.finish(FINISHED, MigJson.bytes(FINISHED));
        assertEquals(List.of("command/done/7-8.json"), everything());
        assertTrue(commands.knows(COMMAND));
    }

    @Test
    void aResultMayOvertakeTheConfirmOfItsCommand() throws Exception {
        commands.ready(COMMAND);
        commands.finish(FINISHED, MigJson.bytes(FINISHED));

        commands.fly(at("command/ready/7-8.json"));

        assertEquals(List.of("command/done/7-8.json"), everything());
    }

    @Test
    void archivesACalledOffCommandWithItsStatus() throws Exception {
        commands.ready(COMMAND);
        commands.fly(at("command/ready/7-8.json"));

        commands.finish(new CommandFiles.Ids(new MigId(7), new MigId(8)), CommandStatus.EXPIRED);

        assertEquals(List.of("command/done/7-8.json"), everything());
        Command archived = MigJson.read(Files.readAllBytes(at("command/done/7-8.json")), Command.class);
        assertEquals(CommandStatus.EXPIRED, archived.status());
    }

    @Test
    void keepsNoFinishedCommandsWithoutAnArchive() throws Exception {
        CommandFiles thrifty = new CommandFiles(Spool.open(folder.resolve("spool"), at("tmp"), false));
        thrifty.ready(COMMAND);
        thrifty.finish(FINISHED, MigJson.bytes(FINISHED));
        thrifty.ready(COMMAND);
        thrifty.finish(new CommandFiles.Ids(new MigId(7), new MigId(8)), CommandStatus.EXPIRED);

        assertEquals(List.of(), everything());
    }

    @Test
    void putsABrokenReturnedFileAsideWithTheReason() throws Exception {
        Path file = Files.writeString(at("command/returned/x"), "{");

        commands.failReturned(file, "not JSON");

        assertEquals(List.of("command/returned/failed/x", "command/returned/failed/x.reason"), everything());
        assertEquals(List.of(), commands.inReturned(), "the folder of failures is not part of the inbox");
    }

    @Test
    void doesNotOverwriteWhatItPutAsideBefore() throws Exception {
        for (String content : List.of("one", "two")) {
            Path file = Files.writeString(at("action/new/x.json"), content);
            actions.refuse(file, content);
        }

        assertEquals("one", Files.readString(at("action/invalid/x.json")));
        assertEquals("two", Files.readString(at("action/invalid/1-x.json")));
        assertEquals("two\n", Files.readString(at("action/invalid/1-x.json.reason")));
    }

    @Test
    void keepsResultsAsTheyCame() throws Exception {
        byte[] first = {'{', 1, 2, '}'};
        byte[] second = {'{', '}'};

        commands.keepReturned(List.of(first, second));

        List<Path> kept = commands.inReturned();
        assertEquals(2, kept.size());
        byte[] a = Files.readAllBytes(kept.get(0));
        assertArrayEquals(a.length == 4 ? first : second, a);
    }

    @Test
    void refusesToWriteNothing() {
        assertThrows(IOException.class, () -> spool.write(Folder.ACTION_NEW, "x", new byte[0]));
    }

    @Test
    void doesNotSeeWhatAWriterThatDiedHasLeft() throws Exception {
        Files.writeString(at("tmp/0b0d4b4e-9e53-4b0f-8f3a-0d9d7a0f3c11.json"), "{\"id\":7,");

        assertEquals(List.of(), actions.inNew());
        assertEquals(List.of(), commands.inReady());
    }

    @Test
    void removesWhatWritersThatDiedHaveLeftAfterADay() throws Exception {
        Path old = Files.writeString(at("tmp/0b0d4b4e-9e53-4b0f-8f3a-0d9d7a0f3c11.json"), "{");
        Path young = Files.writeString(at("tmp/0b0d4b4e-9e53-4b0f-8f3a-0d9d7a0f3c12.json"), "{");
        Path foreign = Files.writeString(at("tmp/notes.txt"), "x");
        Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(25 * 3600)));
        Files.setLastModifiedTime(young, FileTime.from(NOW.minusSeconds(23 * 3600)));
        Files.setLastModifiedTime(foreign, FileTime.from(NOW.minusSeconds(25 * 3600)));

        spool.removeUnfinished(NOW);

        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
        assertTrue(Files.exists(foreign), "the folder may be shared");
    }

    @Test
    void overwritesNoArchivedResultsWhenItTidies() throws Exception {
        commands.ready(COMMAND);
        Path flying = at("command/inflight/7-8.json");
        Files.move(at("command/ready/7-8.json"), flying);
        Files.writeString(at("command/done/7-8.json"), "the results");

        commands.finish(new CommandFiles.Ids(ACTION.id(), COMMAND.id()), CommandStatus.SUCCESS);

        assertEquals("the results", Files.readString(at("command/done/7-8.json")));
        assertFalse(Files.exists(flying));
    }

    @Test
    void archivesNoOtherCommandUnderTheNameOfOne() throws Exception {
        Files.write(at("command/inflight/7-9.json"), MigJson.bytes(COMMAND));

        commands.finish(new CommandFiles.Ids(ACTION.id(), new MigId(9)), CommandStatus.SUCCESS);

        assertEquals(List.of(), everything());
    }

    @Test
    void sendsNoOtherCommandThanAFileIsNamedAfter() throws Exception {
        Agent agent = MigJson.read("{\"queueloc\":\"linux.a.b1\"}".getBytes(), Agent.class);
        Command command = new Command(new MigId(8), ACTION, agent, CommandStatus.SENT, List.of(), NOW, null);
        Files.write(at("command/ready/7-9.json"), MigJson.bytes(command));

        RejectedException refusal =
                assertThrows(RejectedException.class, () -> new Outbox(spool).open(at("command/ready/7-9.json")));

        assertEquals("it holds command 8 of action 7", refusal.getMessage());
    }

    @Test
    void readsNothingThatIsNotForItToRead() throws Exception {
        Path file = Files.writeString(at("command/returned/1.json"), "{}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        org.junit.jupiter.api.Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");

        assertThrows(RejectedException.class, () -> spool.read(file, 100));
    }

    @Test
    void removesOldFilesOnly() throws Exception {
        Path old = Files.writeString(at("action/done/1.json"), "{}");
        Path young = Files.writeString(at("action/done/2.json"), "{}");
        Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(3601)));
        Files.setLastModifiedTime(young, FileTime.from(NOW.minusSeconds(3599)));

        List<Path> removed = new ArrayList<>();
        spool.removeOlder(Folder.ACTION_DONE, NOW.minusSeconds(3600), removed::add);
        assertEquals(List.of(old), removed);
        assertEquals(List.of("action/done/2.json"), everything());
    }

    @Test
    void ignoresLinksFoldersAndHiddenFiles() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "{}");
        Files.createSymbolicLink(at("action/new/1.json"), secret);
        Files.createDirectory(at("action/new/2.json"));
        Files.writeString(at("action/new/.3.json.swp"), "{}");

        assertEquals(List.of(), actions.inNew());
    }

    @Test
    void refusesAnActionThatIsTooLarge() throws Exception {
        Path file = at("action/new/x.json");
        Files.write(file, new byte[(int) ActionFiles.LARGEST + 1]);

        RejectedException refusal = assertThrows(RejectedException.class, () -> actions.read(file));
        assertTrue(refusal.getMessage().contains("more than"));
    }

    @Test
    void aFileThatSomebodyElseTookIsNoFailure() throws Exception {
        Path gone = at("action/new/9.json");

        assertEquals(Optional.empty(), actions.read(gone));
        assertEquals(Optional.empty(), actions.adopt(gone, new MigId(9)));
        actions.discard(gone);
        commands.fly(at("command/ready/7-8.json"));
        commands.discardReturned(at("command/returned/x"));
    }

    @Test
    void readsIdsFromNamesOfOursOnly() {
        assertEquals(Optional.of(new MigId(12)), ActionFiles.id(Path.of("12.json")));
        for (String name : List.of("0.json", "012.json", "12", "12.jsonx", "9999999999999999.json", "a.json")) {
            assertEquals(Optional.empty(), ActionFiles.id(Path.of(name)), name);
        }
        assertEquals(
                Optional.of(new CommandFiles.Ids(new MigId(1), new MigId(2))),
                CommandFiles.Ids.of(Path.of("1-2.json")));
        assertEquals(Optional.empty(), CommandFiles.Ids.of(Path.of("1-9999999999999999.json")));
        assertEquals(Optional.empty(), CommandFiles.Ids.of(Path.of("1-2-3.json")));
    }

    @Test
    void saysTheSameAsLongAsItCannotBeWritten() throws Exception {
        spool.requireWritable();
        Files.move(at("tmp"), at("elsewhere"));

        IOException first = assertThrows(IOException.class, () -> commands.ready(COMMAND));
        IOException second = assertThrows(IOException.class, () -> actions.setUp(ACTION));

        assertEquals(first.toString(), second.toString(), "so that it is logged once");
        assertTrue(first.getMessage().contains("cannot be written"), first.getMessage());
        assertThrows(IOException.class, spool::requireWritable);
        Files.move(at("elsewhere"), at("tmp"));
        spool.requireWritable();
        assertEquals(List.of(), everything());
    }

    @Test
    void keepsAllOfSeveralResultsOrNone() throws Exception {
        byte[] good = {'{', '}'};

        assertThrows(IOException.class, () -> commands.keepReturned(List.of(good, good, new byte[0])));

        assertEquals(List.of(), everything());
    }

    @Test
    void keepsResultsThatTheDatabaseRefusesWithTheReason() throws Exception {
        CommandFiles.Ids ids = new CommandFiles.Ids(new MigId(7), new MigId(8));

        commands.keepFailed(ids, new byte[] {'1'}, "the database does not take it\n  Detail: x");
        commands.keepFailed(ids, new byte[] {'2'}, "again");

        assertEquals(
                List.of(
                        "command/returned/failed/1-7-8.json",
                        "command/returned/failed/1-7-8.json.reason",
                        "command/returned/failed/7-8.json",
                        "command/returned/failed/7-8.json.reason"),
                everything());
        assertEquals(
                List.of("the database does not take it", "  Detail: x"),
                Files.readAllLines(at("command/returned/failed/7-8.json.reason")));
    }

    @Test
    void quotesNoControlCharactersInAReason() throws Exception {
        actions.invalidate(ACTION, "\n bad \u001b[2Jname\r\n");

        assertEquals("bad ?[2Jname\n", Files.readString(at("action/invalid/7.json.reason")));
    }

    @Test
    void leavesNoReasonForAFileThatSomebodyElseTook() throws Exception {
        assertEquals(Optional.empty(), spool.moveAside(at("action/new/x"), Folder.ACTION_INVALID, "late"));

        assertEquals(List.of(), everything());
    }
}
