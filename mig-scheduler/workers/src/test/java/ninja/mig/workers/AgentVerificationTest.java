package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.RejectedException;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentVerificationTest {
    private static final String QUEUELOC = "linux.web1.example.net.58b3mndjmbb00";

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream dialogue = new ByteArrayOutputStream();
    private final List<String> questions = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private boolean answer;

    @TempDir
    Path folder;

    private Path file;
    private AgentVerification verification;

    @BeforeEach
    void setUp() throws IOException {
        file = Files.createFile(folder.resolve("whitelist.txt"));
        verification = verification(question -> {
            questions.add(question);
            return answer;
        });
    }

    private AgentVerification verification(Confirmation operator) throws IOException {
        return new AgentVerification(
                new PayloadPrinter(new PrintStream(printed, true, StandardCharsets.UTF_8), failures::add),
                WhitelistFile.open(file),
                operator,
                new PrintStream(dialogue, true, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void addsAnAgentThatIsConfirmed() throws Exception {
        answer = true;

        verification.handle(Golden.bytes("agent.json"));
        verification.handle(Golden.bytes("agent.json"));

        assertEquals(QUEUELOC + "\n", Files.readString(file));
        assertEquals(List.of("""
                Agent 'web1.example.net' is not authorized:
                  queueloc   linux.web1.example.net.58b3mndjmbb00
                  system     linux, Ubuntu 14.04.1 LTS, amd64
                  addresses  10.21.0.3/20, fe80::3602:86ff:fe2b:6fdd/64, 192.168.1.9/24
                  version    20150731+abc1234.prod
                  heartbeat  2015-02-19T02:59:59Z
                Authorize this queueloc?"""), questions);
        assertEquals(2, printed().lines().count());
        assertTrue(dialogue.toString(StandardCharsets.UTF_8).startsWith("authorized " + QUEUELOC + " in "));
    }

    @Test
    void asksOnceAboutAnAgentThatIsNotConfirmed() throws Exception {
        verification.handle(Golden.bytes("agent.json"));
        verification.handle(Golden.bytes("agent.json"));

        assertEquals("", Files.readString(file));
        assertEquals(1, questions.size());
    }

    @Test
    void doesNotAskAboutAnAgentThatIsListed() throws Exception {
        Files.writeString(file, QUEUELOC + "\n");

        verification.handle(Golden.bytes("agent.json"));

        assertEquals(List.of(), questions);
    }

    @Test
    void asksAgainAfterAFailure() throws Exception {
        AgentVerification failing = verification(question -> {
            questions.add(question);
            if (questions.size() == 1) {
                throw new IOException("the disk is full");
            }
            return true;
        });

        assertThrows(IOException.class, () -> failing.handle(Golden.bytes("agent.json")));
        failing.handle(Golden.bytes("agent.json"));

        assertEquals(QUEUELOC + "\n", Files.readString(file));
    }

    /** Nothing of it reaches the file, or the terminal as it is. */
    @Test
    void isNotFooledByWhatAnAgentSays() throws Exception {
        answer = true;
        for (String queueLoc : List.of(
                "",
                "re:.*",
                "# comment",
                "linux.a.1\\nre:.*",
                "linux.a.1\\r",
                " linux.a.1",
                "solaris.a.1",
                "linux." + "a".repeat(300) + ".1")) {
            assertThrows(
                    RejectedException.class,
                    () -> verification.handle(bytes("{\"name\": \"a\", \"queueloc\": \"" + queueLoc + "\"}")),
                    queueLoc);
        }
        for (String event : List.of("", "{", "[]", "\u0000\u001b[2J", "{\"queueloc\": 1}")) {
            assertThrows(RejectedException.class, () -> verification.handle(bytes(event)), event);
        }
        assertEquals("", Files.readString(file));
        assertEquals(List.of(), questions);

        verification.handle(bytes("{\"name\": \"\\u001b[2J\\nAuthorize?\\u202e" + "x".repeat(500)
                + "\", \"queueloc\": \"linux.a.1\", \"environment\": {\"os\": \"\\r\\u0007\", \"addresses\": ["
                + "\"1\",".repeat(20) + "\"\\n\"]}}"));

        String question = questions.get(0);
        assertEquals(7, question.lines().count(), question);
        assertTrue(question.chars().noneMatch(c -> c < ' ' && c != '\n' || c == 0x202e), question);
        assertTrue(question.contains("xxx...'"), question);
        assertTrue(question.contains("1, 1 and 11 more"), question);
        assertEquals("linux.a.1\n", Files.readString(file));
    }

    @Test
    void printsEachEventOnALineOfItsOwn() throws Exception {
        PayloadPrinter printer =
                new PayloadPrinter(new PrintStream(printed, true, StandardCharsets.UTF_8), failures::add);

        printer.handle(bytes("{\"name\":\n\t\"é\"}\r"));
        printer.handle(new byte[] {'a', (byte) 0xff, 0x1b, '[', 'm', 0});
        printer.handle(new byte[0]);
        printer.handle(bytes("a\u2028b\u0085"));

        assertEquals(
                "{\"name\":\\x0a\\x09\"é\"}\\x0d\na\ufffd\\x1b[m\\x00\n\na\\x2028b\\x85\n",
                printed().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void endsWhenNobodyTakesTheOutput() {
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });

        assertThrows(IOException.class, () -> new PayloadPrinter(closed, failures::add).handle(bytes("{}")));

        assertEquals(List.of("standard output is closed"), failures);
    }

    /** A terminal, and somebody who waits for a question before he types. */
    private final class Typist {
        final PipedOutputStream keyboard = new PipedOutputStream();
        final Operator operator = new Operator(
                new PipedInputStream(keyboard), new PrintStream(dialogue, true, StandardCharsets.UTF_8), failures::add);

        Typist() throws IOException {}

        CompletableFuture<Boolean> ask() {
            return CompletableFuture.supplyAsync(() -> {
                try {
                    return operator.confirms("Sure?");
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        boolean answers(String line) throws Exception {
            dialogue.reset();
            CompletableFuture<Boolean> question = ask();
            Await.until("the question", () -> dialogue.toString(StandardCharsets.UTF_8)
                    .equals("Sure? [y/N] "));
            type(line);
            return question.get(30, TimeUnit.SECONDS);
        }

        void type(String line) throws IOException {
            keyboard.write(bytes(line + "\n"));
            keyboard.flush();
        }
    }

    @Test
    void takesOnlyAYesForAYes() throws Exception {
        Typist typist = new Typist();

        for (String yes : List.of("y", "Y", "yes", " YES ")) {
            assertTrue(typist.answers(yes), yes);
        }
        for (String no : List.of("", "n", "no", "yy", "yess", "Authorize")) {
            assertFalse(typist.answers(no), no);
        }
    }

    @Test
    void canBeInterruptedWhileItWaitsForAnAnswer() throws Exception {
        Typist typist = new Typist();
        CompletableFuture<String> end = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                end.complete("answered " + typist.operator.confirms("Sure?"));
            } catch (IOException | InterruptedException e) {
                end.complete(e.getClass().getSimpleName());
            }
        });
        waiting.start();

        waiting.interrupt();

        assertEquals("InterruptedException", end.get(30, TimeUnit.SECONDS));
    }

    @Test
    void endsWhenTheTerminalIsClosed() throws Exception {
        Typist typist = new Typist();
        CompletableFuture<Boolean> question = typist.ask();

        typist.keyboard.close();

        ExecutionException e = assertThrows(ExecutionException.class, () -> question.get(30, TimeUnit.SECONDS));
        assertTrue(e.getCause().getCause() instanceof EOFException, e.toString());
        assertThrows(EOFException.class, () -> typist.operator.confirms("Sure?"));
        Await.until("told", () -> failures.equals(List.of("the terminal is closed")));
    }
}
