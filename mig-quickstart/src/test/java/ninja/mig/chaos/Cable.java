package ninja.mig.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import ninja.mig.runtime.Routines;

/** What lies between a program and a server: it can be cut, unplugged, and stopped from bringing the server's replies. */
final class Cable implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final String host;
    private final int port;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean unplugged;
    private boolean repliesHeld;

    Cable(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Routines.thread("cable", this::accept).start();
    }

    String host() {
        return listening.getInetAddress().getHostAddress();
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (isUnplugged()) {
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                // Closed, or nobody at the other end: the client finds its connection closed.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(host, port);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        sockets.add(client);
        sockets.add(server);
        Routines.thread("cable-up", () -> pump(client, server, false)).start();
        Routines.thread("cable-down", () -> pump(server, client, true)).start();
    }

    private void pump(Socket from, Socket to, boolean replies) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (replies) {
                    awaitPassing(from);
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One end has closed: the other one is told by closing.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private synchronized void awaitPassing(Socket of) throws InterruptedException {
        while (repliesHeld && !of.isClosed()) {
            wait();
        }
    }

    private synchronized boolean isUnplugged() {
        return unplugged;
    }

    /** From now on nothing of what the server says arrives. */
    synchronized void holdReplies() {
        repliesHeld = true;
    }

    synchronized void passReplies() {
        repliesHeld = false;
        notifyAll();
    }

    /** Ends every connection; new ones can be made. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /** Ends every connection, and every new one at once. */
    void unplug() throws IOException {
        synchronized (this) {
            unplugged = true;
        }
        cut();
    }

    synchronized void plug() {
        unplugged = false;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        passReplies();
        cut();
    }
}
