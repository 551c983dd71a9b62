package ninja.mig.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import ninja.mig.runtime.Routines;

/** Begins TLS and never comes to its end: each byte comes in time. One client after the other. */
final class TricklingServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final Semaphore left = new Semaphore(0);

    TricklingServer() throws IOException {
        Routines.thread("trickle", this::accept).start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Returns when a client that came has hung up. */
    void awaitLeaving() throws InterruptedException {
        if (!left.tryAcquire(20, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody hung up");
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                trickle(client);
            } catch (IOException e) {
                left.release(); // It has not read everything, or this server is closed.
            }
        }
    }

    /** The head of a record of a handshake, and then its body, which is 16 KiB long. */
    private void trickle(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(new byte[] {22, 3, 3, 64, 0});
        client.setSoTimeout(20);
        while (!hasLeft(client.getInputStream())) {
            out.write(0);
        }
        left.release();
    }

    /** Takes as long as the socket's limit if not. */
    private static boolean hasLeft(InputStream in) throws IOException {
        try {
            return in.readNBytes(1000).length == 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
