package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import ninja.mig.model.RejectedException;

/**
 * Asks the agent that runs on this host, on its stat socket ({@code -q}). Who listens there is not believed: the number of a
 * process is looked at before it is printed, and the agent's id is sent to a socket of the id's owner only.
 */
final class StatClient {
    private static final int LONGEST_REPLY = 64 * 1024;
    private static final Duration POLL = Duration.ofMillis(353);
    /** Part of what is said when there is no agent. */
    static final String NOBODY = "nobody listens there";

    private static final String ID_TYPED =
            "shutdown takes no id on the command line, where every user of the host could read it:"
                    + " it is read from ";

    private final InetSocketAddress address;
    private final Path idFile;
    private final Path proc;
    private final Limits limits;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * How long to wait.
     *
     * @param answer for the connection, and again for the reply: others may be asking too
     * @param shutdown from the reply until the agent is gone
     */
    record Limits(Duration answer, Duration shutdown) {
        static final Limits USUAL = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    /**
     * For one agent.
     *
     * @param runDir where the agent keeps its id
     * @param proc {@code /proc}, on Linux
     */
    StatClient(InetSocketAddress address, Path runDir, Path proc, Limits limits, PrintStream out, PrintStream err) {
        this.address = address;
        this.idFile = runDir.resolve(AgentIdentity.FILE);
        this.proc = proc;
        this.limits = limits;
        this.out = out;
        this.err = err;
    }

    /**
     * Sends a query and prints the reply.
     *
     * @return the exit status: 0, or 10 if there was no reply, or none to believe
     */
    int run(String query) throws InterruptedException {
        try {
            String[] fields = query.strip().split("\\s+");
            switch (fields[0]) {
                case "pid":
                    out.println(agent().pid());
                    return Main.OK;
                case "shutdown":
                    if (fields.length > 1) {
                        throw new RejectedException(ID_TYPED + idFile);
                    }
                    shutdown();
                    return Main.OK;
                default:
                    String reply = ask(query);
                    out.print(reply);
                    return reply.equals(StatCommands.UNKNOWN) ? Main.QUERY_FAILED : Main.OK;
            }
        } catch (IOException e) {
            err.println("[error] the agent does not answer on " + where() + ": " + reason(e));
        } catch (RejectedException e) {
            err.println("[error] " + e.getMessage());
        } finally {
            out.flush();
        }
        return Main.QUERY_FAILED;
    }

    private static String reason(IOException e) {
        return e instanceof ConnectException ? NOBODY + " (" + e.getMessage() + ")" : e.toString();
    }

    private String where() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** The process that the socket names, if it is an agent. */
    private AgentProcess agent() throws IOException, RejectedException {
        String reply = ask("pid").strip();
        if (!reply.matches("[1-9][0-9]{0,9}")) {
            throw new RejectedException("what listens on " + where() + " is no agent: it answers '"
                    + reply.substring(0, Math.min(reply.length(), 80)) + "' instead of a process id");
        }
        if (!Files.exists(idFile)) {
            throw new RejectedException(
                    idFile + " does not exist or cannot be seen: what listens on " + where() + " is not believed");
        }
        try {
            return AgentProcess.check(Long.parseLong(reply), idFile, proc);
        } catch (RejectedException e) {
            throw new RejectedException("what listens on " + where() + " is not believed: " + e.getMessage());
        } catch (IOException e) {
            throw new RejectedException(
                    "what listens on " + where() + " is not believed: process " + reply + " cannot be looked at: " + e);
        }
    }

    private void shutdown() throws IOException, RejectedException, InterruptedException {
        String id = readId();
        AgentProcess agent = agent();
        String reply = sendId(id);
        out.print(reply);
        if (!reply.equals(StatCommands.SHUTDOWN_REQUESTED)) {
            throw new RejectedException("the agent was not shut down");
        }
        out.println("waiting for the agent to shut down");
        out.flush();
        awaitEnd(agent.pid());
        out.println("done");
    }

    private String readId() throws RejectedException {
        try {
            String id = Files.readString(idFile, StandardCharsets.ISO_8859_1).strip();
            if (!AgentIdentity.UID.matcher(id).matches()) {
                throw new RejectedException(idFile + " does not hold an agent id");
            }
            return id;
        } catch (IOException e) {
            throw new RejectedException("the agent id cannot be read, only its owner can shut the agent down: " + e);
        }
    }

    /** Whoever listened before and after the connection was made, it is the one that accepts it. */
    private String sendId(String id) throws IOException, RejectedException {
        Optional<LoopbackListener> before = listener();
        try (Socket socket = connect()) {
            if (!before.equals(listener())) {
                throw new RejectedException("what listens on " + where() + " has changed, the id was not sent");
            }
            return converse(socket, "shutdown " + id);
        }
    }

    /** The socket of the id's owner; elsewhere than on Linux the kernel does not tell whose it is. */
    private Optional<LoopbackListener> listener() throws IOException, RejectedException {
        if (!EnvironmentProbe.os().equals("linux")) {
            return Optional.empty();
        }
        LoopbackListener listener = LoopbackListener.at(address, proc);
        String owner = AgentProcess.ownerOf(idFile);
        if (!owner.equals(Long.toString(listener.uid()))) {
            throw new RejectedException("the socket that listens on " + where() + " belongs to user " + listener.uid()
                    + ", not to the owner of " + idFile + ": the id was not sent");
        }
        return Optional.of(listener);
    }

    private void awaitEnd(long pid) throws InterruptedException, RejectedException {
        long deadline = System.nanoTime() + limits.shutdown().toNanos();
        while (isListening()
                && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            if (System.nanoTime() > deadline) {
                throw new RejectedException("the agent, process " + pid + ", did not end within "
                        + limits.shutdown().toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
    }

    private boolean isListening() {
        try (Socket socket = connect()) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            // A timeout, say: others keep it busy, so it is there.
            return true;
        }
    }

    private String ask(String query) throws IOException {
        try (Socket socket = connect()) {
            return converse(socket, query);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, Math.toIntExact(limits.answer().toMillis()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private String converse(Socket socket, String query) throws IOException {
        socket.getOutputStream().write((query + "\n").getBytes(StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + limits.answer().toNanos();
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        byte[] chunk = new byte[4096];
        InputStream in = socket.getInputStream();
        while (true) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException(
                        "no end of the reply within " + limits.answer().toSeconds() + " s");
            }
            socket.setSoTimeout(Math.toIntExact(left));
            int count = in.read(chunk);
            if (count < 0) {
                return text(reply);
            }
            reply.write(chunk, 0, count);
            if (reply.size() > LONGEST_REPLY) {
                throw new IOException("its reply is longer than " + LONGEST_REPLY + " bytes");
            }
        }
    }

    /** Nothing that a terminal would obey: it may not be the agent that answers. */
    private static String text(ByteArrayOutputStream reply) throws IOException {
        if (reply.size() == 0) {
            throw new IOException("it ended the connection without a reply");
        }
        return reply.toString(StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\\x{80}-\\x{9f}&&[^\\n\\t]]", "?");
    }
}
