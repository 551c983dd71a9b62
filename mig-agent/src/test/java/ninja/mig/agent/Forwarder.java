package ninja.mig.agent;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import ninja.mig.runtime.Routines;

/** A line to a relay that tests can cut, and on which they can speak for the relay. */
final class Forwarder implements AutoCloseable {
    private static final byte END = (byte) 0xCE;

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private volatile boolean refusing;

    Forwarder(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Routines.thread("forwarder", this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Breaks every connection; new ones succeed if the line was not cut for longer. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            sockets.remove(socket);
            socket.close();
        }
    }

    /** As {@link #cut}, and no connection is made until {@link #mend}. */
    void cutForLonger() throws IOException {
        refusing = true;
        cut();
    }

    void mend() {
        refusing = false;
    }

    /** How many connections were made. */
    int connections() {
        return clients.size();
    }

    /** Tells the clients what a relay does that wants memory: it takes no messages (connection.blocked). */
    void block() throws IOException {
        say(new byte[] {1, 0, 0, 0, 0, 0, 8, 0, 10, 0, 60, 3, 'l', 'o', 'w', END});
    }

    /** Tells the clients that the relay takes messages again (connection.unblocked). */
    void unblock() throws IOException {
        say(new byte[] {1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61, END});
    }

    private void say(byte[] frame) throws IOException {
        for (Socket client : clients) {
            write(client, frame);
        }
    }

    private static void write(Socket to, byte[] bytes) throws IOException {
        synchronized (to) {
            to.getOutputStream().write(bytes);
        }
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(host, port);
                clients.add(client);
                sockets.add(client);
                sockets.add(server);
                Routines.thread("forward", () -> copy(client, server)).start();
                Routines.thread("backward", () -> copyFrames(server, client)).start();
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // The line was cut, which is what this class is for.
            sockets.remove(from);
        }
    }

    /** So that something can be said between two frames. */
    private void copyFrames(Socket from, Socket to) {
        try (DataInputStream in = new DataInputStream(from.getInputStream())) {
            for (int type = in.read(); type >= 0; type = in.read()) {
                byte[] head = in.readNBytes(6); // channel and size
                int size = ByteBuffer.wrap(head).getInt(2);
                byte[] rest = in.readNBytes(size + 1);
                write(
                        to,
                        ByteBuffer.allocate(8 + size)
                                .put((byte) type)
                                .put(head)
                                .put(rest)
                                .array());
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // The line was cut, which is what this class is for.
            sockets.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
