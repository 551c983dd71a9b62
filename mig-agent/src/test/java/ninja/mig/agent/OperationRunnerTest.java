package ninja.mig.agent;

import static ninja.mig.agent.Investigation.probe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import ninja.mig.model.CommandStatus;
import ninja.mig.model.MigId;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.Operation;
import ninja.mig.platform.testing.Await;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class OperationRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Instant later = Clock.systemUTC().instant().plusSeconds(600);

    @Test
    void givesTheModuleNothingOfItsOwnEnvironment() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            JsonNode seen = result(runner.run(probe("describe"), later)).elements();

            assertEquals("/", seen.get("cwd").textValue());
            assertEquals("C.UTF-8", seen.get("LC_ALL").textValue());
            assertEquals("/", seen.get("HOME").textValue());
            assertEquals(
                    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    seen.get("PATH").textValue());
            assertEquals(
                    Long.toString(ProcessHandle.current().pid()),
                    seen.get("parent").textValue());
            assertFalse(seen.has("USER") || seen.has("LD_PRELOAD") || seen.has("JAVA_TOOL_OPTIONS"), seen::toString);
            Instant deadline = Instant.parse(seen.get("deadline").textValue());
            assertTrue(deadline.isBefore(Instant.now().plus(LONG)), seen::toString);
        }
    }

    @Test
    void masksResultsWhereThatIsConfigured() throws Exception {
        try (OperationRunner runner = new OperationRunner(
                ModuleProgram.self(Optional.empty(), true), Set.of("probe"), LONG, folder, Clock.systemUTC())) {
            assertEquals(
                    "masked",
                    result(runner.run(probe("secret"), later))
                            .elements()
                            .get("found")
                            .textValue());
        }
    }

    @Test
    void returnsWhatAModuleFoundBeforeMemoryRanOut() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            Outcome outcome = runner.run(probe("hoard"), later);

            assertEquals(List.of("out of memory"), result(outcome).errors());
            assertEquals(
                    "before memory ran out",
                    result(outcome).elements().get("found").textValue());
        }
    }

    @Test
    void letsTheHostsOwnWorkComeFirst() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/nice")), "this host has no nice");
        try (OperationRunner runner = runner(LONG)) {
            int own = nice(Path.of("/proc/self/stat"));

            CompletableFuture<Outcome> running = CompletableFuture.supplyAsync(() -> runner.run(probe("wait"), later));
            Await.until("a process of lower priority", () -> ProcessHandle.current()
                    .children()
                    .map(child -> Path.of("/proc", Long.toString(child.pid()), "stat"))
                    .anyMatch(stat -> nice(stat) == Math.min(own + 10, 19)));

            runner.close();
            running.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void givesASecondModuleTheProcessorsThatTheFirstLeaves() throws Exception {
        Processors processors = new Processors(8, 8);
        Operation waiting = probe(ProbeModule.UNTIL + folder.resolve("end"));
        try (OperationRunner runner = new OperationRunner(
                ModuleProgram.self(), Set.of("probe"), LONG, folder, processors, Clock.systemUTC())) {
            Executor threads = body -> Routines.thread("worker", body).start();
            CompletableFuture<Outcome> first = CompletableFuture.supplyAsync(() -> runner.run(waiting, later), threads);
            Await.until("a module with half of them", () -> isStarted("-XX:ActiveProcessorCount=4"));
            CompletableFuture<Outcome> second =
                    CompletableFuture.supplyAsync(() -> runner.run(waiting, later), threads);
            Await.until("a module with one", () -> isStarted("-XX:ActiveProcessorCount=1"));

            Files.createFile(folder.resolve("end"));
            assertEquals(CommandStatus.SUCCESS, first.get(30, TimeUnit.SECONDS).status());
            assertEquals(CommandStatus.SUCCESS, second.get(30, TimeUnit.SECONDS).status());
        }
        assertEquals(4, processors.take().count(), "both gave theirs back");
    }

    private static boolean isStarted(String flag) {
        return ProcessHandle.current()
                .children()
                .anyMatch(child -> child.info().commandLine().orElse("").contains(" " + flag + " "));
    }

    /** The nineteenth field; the second may contain blanks. A process that ended has none. */
    private static int nice(Path stat) {
        try {
            String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
            return Integer.parseInt(text.substring(text.lastIndexOf(')') + 2).split(" ")[16]);
        } catch (IOException e) {
            return Integer.MIN_VALUE;
        }
    }

    @Test
    void takesTheDocumentOfAModuleThatFailed() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            Outcome outcome = runner.run(Investigation.operation("probe", "{}"), later);

            assertEquals(CommandStatus.SUCCESS, outcome.status());
            assertEquals(List.of("probe: say what to do"), result(outcome).errors());
        }
    }

    @Test
    void failsWhenTheModuleDies() throws Exception {
        assertCrashed("module 'probe': exit status 3", "exit");
    }

    @Test
    void failsWhenTheModuleWritesSomethingElse() throws Exception {
        assertCrashed("module 'probe' gave no result: not JSON", "garbage");
    }

    @Test
    void failsWhenTheModuleWritesTooMuch() throws Exception {
        assertCrashed("module 'probe': result too large", "flood");
    }

    @Test
    void isNotHeldUpByAModuleThatComplains() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            assertEquals(
                    CommandStatus.SUCCESS, runner.run(probe("complain"), later).status());
        }
    }

    @Test
    void doesNotStartAMissingModule() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            assertEquals(new Outcome.Unavailable("file"), runner.run(Investigation.operation("file", "{}"), later));
        }
    }

    @Test
    void doesNotStartAnExpiredAction() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            Outcome outcome = runner.run(probe("one"), Instant.now().minusMillis(1));

            assertEquals(CommandStatus.TIMEOUT, outcome.status());
            assertEquals(List.of("expired before it could run"), result(outcome).errors());
        }
    }

    @Test
    void keepsWhatAModuleFoundWhenItsTimeIsOver() throws Exception {
        try (OperationRunner runner = runner(Duration.ofSeconds(4))) {
            Outcome outcome = runner.run(probe("wait"), later);

            assertEquals("partial", result(outcome).elements().get("found").textValue());
            assertTrue(result(outcome).errors().get(0).contains("stopped before completion"));
        }
    }

    @Test
    void keepsTheFilesThatWereFoundWhenTheTimeIsOver(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a-first"), "x");
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("b").toFile(), "rw")) {
            sparse.setLength(1L << 40); // A tebibyte that is nowhere: longer than anybody waits.
        }
        Operation search = Investigation.operation(
                "file",
                "{\"searches\":{\"s\":{\"paths\":[" + MigJson.text(folder.toString())
                        + "],\"names\":[\"first\"],\"sha1\":[\"" + "0".repeat(40) + "\"]}}}");
        ModuleResult result;
        Duration limit = Duration.ofSeconds(2);
        do { // A machine that is busy may need all of that to start a JVM.
            limit = limit.multipliedBy(2);
            try (OperationRunner runner =
                    new OperationRunner(ModuleProgram.self(), Set.of("file"), limit, this.folder, Clock.systemUTC())) {
                result = result(runner.run(search, later));
            }
        } while (!result.foundAnything() && limit.compareTo(LONG) < 0);

        assertFalse(result.success());
        assertEquals(List.of("stopped before completion: results are partial"), result.errors());
        assertEquals(
                folder.resolve("a-first").toString(),
                result.elements().get("s").get(0).get("file").textValue());
    }

    @Test
    void killsAFrozenModuleWithEverythingThatItStarted() throws Exception {
        try (OperationRunner runner = runner(Duration.ofSeconds(3))) {
            Outcome outcome = runner.run(probe("freeze"), later);

            assertEquals(CommandStatus.TIMEOUT, outcome.status());
            assertEquals(
                    List.of("module 'probe' was killed after 3 s"),
                    result(outcome).errors());
        }
        Await.until("the process of the module is gone", () -> !sleeps("7531"));
    }

    @Test
    void killsWhatAModuleLeavesBehind() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            assertEquals(
                    CommandStatus.SUCCESS, runner.run(probe("abandon"), later).status());
        }
        Await.until("what the module started is gone", () -> !sleeps("7532"));
    }

    private static boolean sleeps(String seconds) {
        return ProcessHandle.allProcesses()
                .anyMatch(p -> p.info().commandLine().orElse("").matches("(.*/)?sleep " + seconds));
    }

    @Test
    void startsNothingOnceItIsStopped() throws Exception {
        OperationRunner runner = runner(LONG);
        runner.stop(new Outcome.CheckInOver(Duration.ofSeconds(360)));
        runner.close();

        assertEquals(new Outcome.CheckInOver(Duration.ofSeconds(360)), runner.run(probe("one"), later));
    }

    @Test
    void stopsTheModulesAtHandWhenTheAgentEnds() throws Exception {
        OperationRunner runner = runner(LONG);
        CompletableFuture<Outcome> running = CompletableFuture.supplyAsync(() -> runner.run(probe("wait"), later));
        while (ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }

        runner.close();

        assertEquals(new Outcome.Crashed("agent is shutting down"), running.get(30, TimeUnit.SECONDS));
    }

    @Test
    void leavesAProcessThatCannotBeKilledAlone() throws Exception {
        try (OperationRunner runner = runner(LONG);
                ModuleRun run = new ModuleRun(new Undead(), new ModuleOutput(folder))) {
            Duration limit = Duration.ofMillis(1);

            Outcome outcome = runner.await(run, probe("one"), limit, limit);

            assertEquals(CommandStatus.TIMEOUT, outcome.status());
            assertEquals(List.of("module 'probe' could not be killed after 0 s, and is left alone"), outcome.remarks());
        }
    }

    @Test
    void mayTellAModuleSomethingAfterItsEnd() throws Exception {
        ModuleRun run = ModuleRun.start(new ProcessBuilder("true"), folder);
        run.close();

        run.send(ModuleMessage.stop());
    }

    @Test
    void logsWhatAModuleWritesWithTheIdsOfItsOperation() throws Exception {
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(logged, true, StandardCharsets.UTF_8);
        try (Logging logging = Logging.setUp(LoggingConf.toStream(Severity.DEBUG), "mig-agent", stream);
                LogContext ids = LogContext.of(new MigId(1), new MigId(22), new MigId(333));
                ModuleRun run = ModuleRun.start(new ProcessBuilder("sh", "-c", "echo oops >&2"), folder)) {
            run.awaitEnd(LONG);
            run.output();
        }
        String lines = logged.toString(StandardCharsets.UTF_8);
        assertTrue(lines.contains(" 1 22 333 [debug] a module wrote: oops"), lines);
    }

    /** A number of a process that has ended may be given to another one. */
    @Test
    void leavesTheSessionOfAnotherProcessAlone() throws Exception {
        assumeTrue(!ProcessSession.launcher().isEmpty(), "this host has no setsid");
        List<String> command = new ArrayList<>(ProcessSession.launcher());
        command.addAll(List.of("sleep", "7533"));
        Process another = new ProcessBuilder(command).start();
        try {
            Await.until("it leads a session", () -> another.info()
                    .command()
                    .filter(program ->
                            program.endsWith("sleep") || program.endsWith("coreutils") || program.endsWith("busybox"))
                    .isPresent());

            assertTrue(ProcessSession.kill(new Former(another.pid())));

            assertFalse(another.waitFor(100, TimeUnit.MILLISECONDS), "it was killed");
        } finally {
            another.destroyForcibly().waitFor();
        }
    }

    @Test
    void deletesWhatAModuleWrote() throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            Outcome outcome = runner.run(probe(ProbeModule.LARGE + "100000"), later);
            assertEquals(100, result(outcome).elements().size());
            assertEquals(1, outputs());
            outcome.discard();
            assertEquals(0, outputs());

            runner.run(probe("flood"), later);
            assertEquals(0, outputs(), "nobody needs it");
        }
    }

    private long outputs() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static ModuleResult result(Outcome outcome) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        outcome.writeTo(out);
        return MigJson.read(out.toByteArray(), ModuleResult.class);
    }

    /** A process in a sleep that nothing can interrupt: no test can make a real one. */
    private static final class Undead extends Process {
        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            new CountDownLatch(1).await();
            return 0;
        }

        @Override
        public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
            return new CountDownLatch(1).await(timeout, unit);
        }

        @Override
        public int exitValue() {
            throw new IllegalThreadStateException("it runs");
        }

        @Override
        public void destroy() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ProcessHandle toHandle() {
            return new Former(999_999_999);
        }
    }

    /** The handle of a process that has ended. */
    private record Former(long pid) implements ProcessHandle {
        @Override
        public Optional<ProcessHandle> parent() {
            return Optional.empty();
        }

        @Override
        public Stream<ProcessHandle> children() {
            return Stream.empty();
        }

        @Override
        public Stream<ProcessHandle> descendants() {
            return Stream.empty();
        }

        @Override
        public Info info() {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<ProcessHandle> onExit() {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public boolean supportsNormalTermination() {
            return true;
        }

        @Override
        public boolean destroy() {
            return false;
        }

        @Override
        public boolean destroyForcibly() {
            return false;
        }

        @Override
        public boolean isAlive() {
            return false;
        }

        @Override
        public int compareTo(ProcessHandle other) {
            return Long.compare(pid, other.pid());
        }
    }

    private void assertCrashed(String reason, String order) throws Exception {
        try (OperationRunner runner = runner(LONG)) {
            Outcome outcome = runner.run(probe(order), Instant.now().plusSeconds(600));

            String error = assertInstanceOf(Outcome.Crashed.class, outcome).reason();
            assertTrue(error.startsWith(reason), error);
            assertEquals(CommandStatus.FAILED, outcome.status());
        }
    }

    private OperationRunner runner(Duration moduleTimeout) throws Exception {
        return new OperationRunner(ModuleProgram.self(), Set.of("probe"), moduleTimeout, folder, Clock.systemUTC());
    }
}
