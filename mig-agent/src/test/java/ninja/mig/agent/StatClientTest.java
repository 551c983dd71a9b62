package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StatClientTest {
    private static final String UID = "58b3mndjmbb00";
    private static final StatClient.Limits QUICK = new StatClient.Limits(Duration.ofSeconds(2), Duration.ofSeconds(5));
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private final Invocation mig = new Invocation();
    private FakeProc proc;
    private Impostor impostor;
    private StatSocket agent;

    /** This process is the agent, as far as the client can see; the kernel's tables are the real ones. */
    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(EnvironmentProbe.os().equals("linux"));
        Files.writeString(directory.resolve(".migagtid"), UID + "\n");
        proc = new FakeProc(directory.resolve("proc"));
        proc.own(SELF, "java", "-jar", "/sbin/mig-agent");
        Files.createSymbolicLink(proc.path().resolve("net"), Path.of("/proc/net"));
    }

    @AfterEach
    void stop() throws Exception {
        if (agent != null) {
            agent.close();
        }
        if (impostor != null) {
            impostor.close();
        }
    }

    @Test
    void printsTheWholeReply() throws Exception {
        InetSocketAddress address = agent(() -> {});

        assertEquals(0, run(address, "help"));
        assertEquals(StatCommands.HELP, mig.printed());
        mig.forget();
        assertEquals(0, run(address, "status"));
        assertEquals("fine\n", mig.printed());
        assertEquals("", mig.said());
    }

    @Test
    void printsThePidOfAnAgent() throws Exception {
        assertEquals(0, run(agent(() -> {}), "pid"));
        assertEquals(SELF + "\n", mig.printed());
    }

    @Test
    void failsWithAnUnknownCommand() throws Exception {
        assertEquals(10, run(agent(() -> {}), "statsu"));
        assertEquals("unknown command\n", mig.printed());
    }

    @Test
    void shutsTheAgentDownAndWaitsForItsEnd() throws Exception {
        CompletableFuture<Void> ordered = new CompletableFuture<>();
        InetSocketAddress address = agent(() -> ordered.complete(null));
        CompletableFuture<Integer> client = CompletableFuture.supplyAsync(() -> runUnchecked(address, "shutdown"));

        ordered.get(20, TimeUnit.SECONDS);
        Await.until("the client to wait", () -> mig.printed().contains("waiting"));
        assertFalse(client.isDone(), "the agent is still there");
        agent.close();

        assertEquals(0, client.get(20, TimeUnit.SECONDS), mig::said);
        assertEquals("shutdown requested\nwaiting for the agent to shut down\ndone\n", mig.printed());
    }

    @Test
    void doesNotWaitForEver() throws Exception {
        InetSocketAddress address = agent(() -> {});
        StatClient.Limits impatient = new StatClient.Limits(Duration.ofSeconds(2), Duration.ofMillis(10));

        assertEquals(10, client(address, impatient).run("shutdown"));

        assertTrue(mig.said().contains("[error] the agent, process " + SELF + ", did not end within"), mig.said());
        assertFalse(mig.printed().contains("done"), mig.printed());
    }

    @Test
    void failsWhereNobodyListens() throws Exception {
        InetSocketAddress address = agent(() -> {});
        agent.close();

        for (String query : new String[] {"help", "pid", "shutdown"}) {
            assertEquals(10, run(address, query));
        }
        assertTrue(
                mig.said().contains("does not answer on 127.0.0.1:" + address.getPort() + ": nobody listens"),
                mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void takesNoIdFromTheCommandLine() throws Exception {
        assertEquals(10, run(agent(() -> {}), "shutdown " + UID));
        assertTrue(mig.said().contains("shutdown takes no id on the command line"), mig.said());
    }

    @Test
    void saysThatTheAgentRefused() throws Exception {
        Files.writeString(directory.resolve(".migagtid"), "another00000id");

        assertEquals(10, run(agent(() -> {}), "shutdown"));
        assertEquals("invalid agent id, shutdown refused\n", mig.printed());
        assertTrue(mig.said().contains("the agent was not shut down"), mig.said());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "58b3mndjmbb0", "58b3mndjmbb00 x", "58b3mndjmbb00\nhelp", "58B3MNDJMBB00"})
    void sendsNoIdThatIsNone(String content) throws Exception {
        Files.writeString(directory.resolve(".migagtid"), content);

        assertEquals(10, run(agent(() -> {}), "shutdown"));
        assertTrue(mig.said().contains("does not hold an agent id"), mig.said());
    }

    @Test
    void sendsNothingWithoutAnId() throws Exception {
        Files.delete(directory.resolve(".migagtid"));
        InetSocketAddress address = agent(() -> {});

        assertEquals(10, run(address, "shutdown"));
        assertTrue(mig.said().contains("the agent id cannot be read"), mig.said());
        assertEquals(10, run(address, "pid"));
        assertTrue(mig.said().contains("does not exist or cannot be seen"), mig.said());
        assertEquals("", mig.printed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "12345678901", "1 2", "pid", "\u001b[31m7", "4711\n4712", "١"})
    void doesNotBelieveWhatIsNoProcessId(String pid) throws Exception {
        impostor = new Impostor(pid + "\n");

        assertEquals(10, run(impostor.address(), "pid"));
        assertEquals(10, run(impostor.address(), "shutdown"));

        assertTrue(mig.said().contains("instead of a process id"), mig.said());
        assertFalse(mig.said().contains("\u001b"), mig.said());
        assertEquals("", mig.printed());
        assertFalse(impostor.heard("shutdown"));
    }

    @Test
    void doesNotBelieveAProcessThatIsNoAgent() throws Exception {
        proc.own(4711, "nc", "-l", "51664");
        impostor = new Impostor("4711\n");

        assertEquals(10, run(impostor.address(), "pid"));
        assertEquals(10, run(impostor.address(), "shutdown"));

        assertTrue(mig.said().contains("is not believed: process 4711 is no running agent"), mig.said());
        assertEquals("", mig.printed());
        assertFalse(impostor.heard("shutdown"));
    }

    @Test
    void doesNotBelieveAProcessThatIsGone() throws Exception {
        impostor = new Impostor("4711\n");

        assertEquals(10, run(impostor.address(), "pid"));
        assertTrue(mig.said().contains("is not believed: process 4711 does not exist"), mig.said());
    }

    /** It can name the real agent, which has to wait for its port; but the kernel knows whose the socket is. */
    @Test
    void doesNotSendTheIdToASocketOfAnotherUser() throws Exception {
        impostor = new Impostor(SELF + "\n");
        table(impostor.address().getPort(), 4_294_967_294L, 80455);

        assertEquals(0, run(impostor.address(), "pid"), "an agent does live");
        assertEquals(10, run(impostor.address(), "shutdown"));

        assertTrue(mig.said().contains("belongs to user 4294967294, not to the owner of"), mig.said());
        assertFalse(impostor.heard("shutdown"));
        assertFalse(impostor.heard(UID));
    }

    @Test
    void doesNotSendTheIdToASocketThatTheKernelDoesNotKnow() throws Exception {
        impostor = new Impostor(SELF + "\n");
        table(1, 0, 80455);

        assertEquals(10, run(impostor.address(), "shutdown"));

        assertTrue(mig.said().contains("the kernel knows 0 sockets that listen on"), mig.said());
        assertFalse(impostor.heard("shutdown"));
    }

    /** The impostor gives way to the agent between the look at the socket's owner and the sending of the id. */
    @Test
    void doesNotSendTheIdIfTheListenerChangesMeanwhile() throws Exception {
        impostor = new Impostor(SELF + "\n");
        int port = impostor.address().getPort();
        Path pipe = table(port, 0, 0);
        Files.delete(pipe);
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        long uid = Long.parseLong(FakeProc.self());
        CompletableFuture<Void> kernel = CompletableFuture.runAsync(() -> {
            try {
                Files.writeString(pipe, row(port, uid, 1));
                impostor.awaitConnection(2);
                Files.writeString(pipe, row(port, uid, 2));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        assertEquals(10, run(impostor.address(), "shutdown"));

        kernel.get(20, TimeUnit.SECONDS);
        assertTrue(mig.said().contains("has changed, the id was not sent"), mig.said());
        assertFalse(impostor.heard("shutdown"));
    }

    @Test
    void doesNotLetAReplyMoveTheTerminal() throws Exception {
        impostor = new Impostor("\u001b]0;x\u0007\u009b31mred\r\u0000\b\ttab \u00e9\nnext\n");

        assertEquals(0, run(impostor.address(), "help"));
        assertEquals("?]0;x??31mred???\ttab \u00e9\nnext\n", mig.printed());
    }

    @Test
    void doesNotReadForEver() throws Exception {
        impostor = new Impostor("x".repeat(100_000));

        assertEquals(10, run(impostor.address(), "help"));
        assertTrue(mig.said().contains("its reply is longer than 65536 bytes"), mig.said());
        assertEquals("", mig.printed());
    }

    @Test
    void doesNotWaitForASilentServer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
            StatClient.Limits quick = new StatClient.Limits(Duration.ofMillis(200), Duration.ofSeconds(1));

            assertEquals(10, client(address, quick).run("help"));
        }
        assertTrue(mig.said().contains("does not answer on"), mig.said());
    }

    @Test
    void saysThatThereWasNoReply() throws Exception {
        impostor = new Impostor("");

        assertEquals(10, run(impostor.address(), "help"));
        assertTrue(mig.said().contains("ended the connection without a reply"), mig.said());
    }

    private InetSocketAddress agent(Runnable stop) throws Exception {
        agent = new StatSocket(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
                new StatCommands(UID, () -> "fine\n", new MovableClock(Investigation.NOW)),
                stop,
                new StatSocket.Times(Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofSeconds(1)));
        agent.start();
        Await.until("the socket to listen", () -> agent.bound().isPresent());
        return agent.bound().get();
    }

    /** Puts a table of its own in the place of the kernel's. */
    private Path table(int port, long uid, long inode) throws IOException {
        Path net = proc.path().resolve("net");
        Files.delete(net);
        return Files.writeString(Files.createDirectory(net).resolve("tcp"), row(port, uid, inode));
    }

    private static String row(int port, long uid, long inode) {
        return "   0: 0100007F:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000   %d        0 %d 1\n"
                .formatted(port, uid, inode);
    }

    private int run(InetSocketAddress address, String query) throws InterruptedException {
        return client(address, QUICK).run(query);
    }

    private int runUnchecked(InetSocketAddress address, String query) {
        try {
            return run(address, query);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private StatClient client(InetSocketAddress address, StatClient.Limits limits) {
        return new StatClient(address, directory, proc.path(), limits, mig.out(), mig.err());
    }
}
