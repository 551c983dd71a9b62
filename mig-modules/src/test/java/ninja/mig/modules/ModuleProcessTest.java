package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleProcessTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ModuleResult run(String module, String stdin) throws Exception {
        new ModuleProcess(
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.ISO_8859_1)),
                        new PrintStream(out, true),
                        false,
                        () -> {})
                .run(module, RunContext.unlimited());
        return MigJson.read(out.toByteArray(), ModuleResult.class);
    }

    @Test
    void runsOnOneLineWithOrWithoutItsEnd() throws Exception {
        assertTrue(run("example", "{\"class\":\"parameters\",\"parameters\":{\"gethostname\":true}}")
                .foundAnything());
        out.reset();
        assertTrue(run("example", "{\"class\":\"parameters\"}\n").success());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "nonsense",
                "{",
                "[]",
                "{\"class\":\"stop\"}",
                "{\"class\":\"parameters\",\"parameters\":[]}",
                "{\"class\":\"parameters\",\"parameters\":{\"searches\":7}}",
                "{\"class\":\"parameters\",\"class\":\"parameters\",\"parameters\":{}}",
                "{\"class\":\"parameters\",\"parameters\":{\"searches\":{\"s\":{\"paths\":[\"a\\u0000b\"],\"names\":[\"x\"]}}}}",
                "{\"class\":\"parameters\",\"parameters\":{\"searches\":{\"s\":{\"paths\":\"/etc\"}}}}",
                "{\"class\":\"parameters\",\"parameters\":{\"searches\":{\"s\":{\"paths\":[\"/etc\"],\"Paths\":[\"/\"]}}}} x"
            })
    void answersBadInputWithADocument(String stdin) throws Exception {
        ModuleResult result = run("file", stdin);

        assertFalse(result.success());
        assertEquals(1, result.errors().size());
        assertTrue(result.errors().get(0).length() > 10, result.errors().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\n\"class\":\"parameters\"\n}\n", "\n{\"class\":\"parameters\"}\n", "{\"class\":\"par"})
    void saysThatADocumentMustStandInOneLine(String stdin) throws Exception {
        String error = run("file", stdin).errors().get(0);

        assertTrue(error.endsWith("; the whole document must stand in one line"), error);
        assertFalse(error.contains("Source") || error.contains("start marker"), error);
    }

    @Test
    void saysHowDeepADocumentMayBe() throws Exception {
        String error = run("file", "[".repeat(600)).errors().get(0);

        assertTrue(error.endsWith("(513) exceeds the maximum allowed (512)"), error);
    }

    @Test
    void saysThatAModuleIsNotAvailable() throws Exception {
        assertEquals(List.of("module 'nope' is not available"), run("nope", "").errors());
    }

    @Test
    void printsLinesForPeople() {
        new ModuleProcess(
                        new ByteArrayInputStream("{\"class\":\"parameters\",\"parameters\":{\"gethostname\":true}}"
                                .getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true),
                        true,
                        () -> {})
                .run("example", RunContext.unlimited());

        assertTrue(
                out.toString(StandardCharsets.UTF_8).startsWith("hostname is "), out.toString(StandardCharsets.UTF_8));
    }

    /** A module that does not come back. */
    private static class Stuck extends FakeModule {
        @Override
        public ModuleResult run(String parameters, RunContext context) throws Exception {
            context.partialResult(() -> new ModuleResult(true, true, MigJson.toTree("so far"), null, List.of()));
            new CountDownLatch(1).await();
            return ModuleResult.EMPTY;
        }
    }

    /** Ends as soon as somebody else writes its document. */
    private static final class Late extends FakeModule {
        private final CountDownLatch writing;

        Late(CountDownLatch writing) {
            this.writing = writing;
        }

        @Override
        public ModuleResult run(String parameters, RunContext context) throws InterruptedException {
            context.partialResult(() -> ModuleResult.EMPTY);
            writing.await();
            return ModuleResult.EMPTY;
        }
    }

    @Test
    @Timeout(30)
    void doesNotEndWhileItsDocumentIsWritten() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch mayWrite = new CountDownLatch(1);
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                writing.countDown();
                try {
                    mayWrite.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                out.write(b);
            }
        };
        String stdin = "{\"class\":\"parameters\"}\n{\"class\":\"stop\"}\n";
        CountDownLatch halted = new CountDownLatch(1);
        ModuleProcess process = new ModuleProcess(
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(slow, true),
                false,
                halted::countDown);
        Thread runner = new Thread(() -> process.run(new Late(writing), RunContext.unlimited()));
        runner.start();

        writing.await();
        while (List.of(Thread.State.RUNNABLE, Thread.State.WAITING).contains(runner.getState())) {
            Thread.onSpinWait();
        }
        assertEquals(Thread.State.BLOCKED, runner.getState());
        mayWrite.countDown();
        runner.join();
        halted.await();

        assertEquals(
                1, MigJson.read(out.toByteArray(), ModuleResult.class).errors().size());
    }

    /** Runs a module that does not come back until its document is written for it. */
    private ModuleResult halted(Module<String> module, RunContext context, boolean ofAnAgent, String stdin)
            throws Exception {
        CountDownLatch halted = new CountDownLatch(1);
        ModuleProcess process = new ModuleProcess(
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true),
                false,
                halted::countDown,
                ofAnAgent);
        Thread runner = new Thread(() -> process.run(module, context));
        runner.setDaemon(true);
        runner.start();
        assertTrue(halted.await(10, TimeUnit.SECONDS));
        runner.interrupt();
        return MigJson.read(out.toByteArray(), ModuleResult.class);
    }

    @Test
    void hearsAStopBehindLinesThatAreNoneAndWritesWhatThereIs() throws Exception {
        ModuleResult result = halted(
                new Stuck(),
                RunContext.unlimited(),
                false,
                "{\"class\":\"parameters\"}\n\nnonsense\n{\"class\":\"ping\"}\n{\"class\":\"stop\"}\n");

        assertTrue(result.foundAnything());
        assertFalse(result.success());
        assertEquals(List.of("stopped before completion: results are partial"), result.errors());
    }

    @Test
    void stopsWhenItsAgentIsGone() throws Exception {
        assertFalse(halted(new Stuck(), RunContext.unlimited(), true, "{\"class\":\"parameters\"}\n")
                .success());
    }

    private static class Discreet extends Stuck {
        @Override
        public ModuleResult mask(ModuleResult result) {
            return new ModuleResult(
                    result.foundAnything(), result.success(), MigJson.toTree("masked"), null, List.of("masked"));
        }
    }

    private static RunContext privacy() {
        return new RunContext(Clock.systemUTC(), Optional.empty(), true);
    }

    @Test
    void masksResultsWhereTheEndpointWantsPrivacy() {
        Module<String> discreet = new Discreet() {
            @Override
            public ModuleResult run(String parameters, RunContext context) {
                return new ModuleResult(true, true, MigJson.toTree("secret"), null, List.of("secret"));
            }
        };

        ModuleResult result = ModuleProcess.result(discreet, null, privacy());

        assertEquals("masked", result.elements().asText());
        assertEquals(List.of("masked"), result.errors());
        assertEquals(
                "secret",
                ModuleProcess.result(discreet, null, RunContext.unlimited())
                        .elements()
                        .asText());
    }

    @Test
    void masksWhatWasFoundBeforeAFailure() {
        Module<String> failing = new Discreet() {
            @Override
            public ModuleResult run(String parameters, RunContext context) throws IOException {
                context.partialResult(() -> new ModuleResult(true, true, MigJson.toTree("secret"), null, List.of()));
                throw new IOException("/secret/path");
            }
        };

        ModuleResult result = ModuleProcess.result(failing, null, privacy());

        assertFalse(MigJson.text(result).contains("secret"), MigJson.text(result));
        assertEquals("module fake failed: internal error", result.errors().get(1));
    }

    @Test
    void masksWhatAStuckModuleLeaves() throws Exception {
        ModuleResult result =
                halted(new Discreet(), privacy(), false, "{\"class\":\"parameters\"}\n{\"class\":\"stop\"}\n");

        assertEquals("masked", result.elements().asText());
        assertEquals(List.of("masked", ModuleProcess.STOPPED), result.errors());
    }

    @Test
    void answersForAModuleThatFails() throws Exception {
        assertFailure("internal error", new IllegalStateException("ninja.mig.Secret is null"));
        out.reset();
        assertFailure("/proc: permission denied", new AccessDeniedException("/proc"));
    }

    @Test
    void showsNoTraceOfAFailureThatItExplains() throws Exception {
        PrintStream real = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertFailure("/proc: permission denied", new AccessDeniedException("/proc"));
        } finally {
            System.setErr(real);
        }
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    private void assertFailure(String why, Exception failure) throws Exception {
        Module<String> failing = new FakeModule() {
            @Override
            public ModuleResult run(String parameters, RunContext context) throws Exception {
                throw failure;
            }
        };
        new ModuleProcess(
                        new ByteArrayInputStream("{\"class\":\"parameters\"}".getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true),
                        false,
                        () -> {})
                .run(failing, RunContext.unlimited());

        ModuleResult result = MigJson.read(out.toByteArray(), ModuleResult.class);
        assertEquals(List.of("module fake failed: " + why), result.errors());
    }

    @Test
    void refusesWithTheShapeOfTheModulesResults() throws Exception {
        ModuleResult result = run("file", "{\"class\":\"parameters\",\"parameters\":7}");

        assertEquals("{}", result.elements().toString());
        assertEquals(0, result.statistics().get("filescount").asInt());
    }

    @Test
    void refusesTwoModulesOfOneName() {
        assertThrows(IllegalStateException.class, () -> new Modules(List.of(new Stuck(), new Stuck())));
        assertTrue(Modules.installed().names().containsAll(List.of("example", "file")));
    }
}
