package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import ninja.mig.runtime.Routines;

/** Somebody who listens in the agent's place, gives the same reply to everything, and remembers what was sent. */
final class Impostor implements AutoCloseable {
    private final ServerSocket server;
    private final byte[] reply;
    private final StringBuilder heard = new StringBuilder();
    private int connections;

    Impostor(String reply) throws IOException {
        this(reply, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    }

    Impostor(String reply, InetSocketAddress address) throws IOException {
        this.reply = reply.getBytes(StandardCharsets.UTF_8);
        this.server = new ServerSocket(address.getPort(), 50, address.getAddress());
        Routines.thread("impostor", this::serve).start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                connected();
                listen(client);
                client.getOutputStream().write(reply);
            } catch (SocketException e) {
                // The client went away, or the test is over.
                continue;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private synchronized void connected() {
        connections++;
        notifyAll();
    }

    private void listen(Socket client) throws IOException {
        for (int c = client.getInputStream().read();
                c >= 0;
                c = client.getInputStream().read()) {
            synchronized (this) {
                heard.append((char) c);
            }
            if (c == '\n') {
                return;
            }
        }
    }

    synchronized void awaitConnection(int number) throws InterruptedException {
        while (connections < number) {
            wait();
        }
    }

    synchronized boolean heard(String text) {
        return heard.toString().contains(text);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
