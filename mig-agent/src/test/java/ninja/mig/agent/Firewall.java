package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.runtime.Routines;

/** A way to a server for those alone who come from one address, as the firewall of a company lets only its proxy out. */
final class Firewall implements AutoCloseable {
    /** Where the proxy's connections come from: all of 127.0.0.0/8 is this machine. */
    static final String PROXY = "127.0.0.2";

    private final ServerSocket listener;
    private final String host;
    private final int port;
    private final AtomicInteger admitted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    Firewall(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("0.0.0.0"));
        Routines.thread("firewall", this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections that came from the proxy. */
    int admitted() {
        return admitted.get();
    }

    /** Connections that came from elsewhere. */
    int refused() {
        return refused.get();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                if (client.getInetAddress().getHostAddress().equals(PROXY)) {
                    admitted.incrementAndGet();
                    forward(client);
                } else {
                    refused.incrementAndGet();
                    client.close();
                }
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void forward(Socket client) throws IOException {
        Socket server = new Socket(host, port);
        sockets.add(client);
        sockets.add(server);
        Routines.thread("out", () -> copy(client, server)).start();
        Routines.thread("in", () -> copy(server, client)).start();
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Either end may hang up when it likes: the copying is over then.
            Thread.currentThread().setName("ended: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
