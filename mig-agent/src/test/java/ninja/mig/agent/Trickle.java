package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import ninja.mig.runtime.Routines;

/** A server that answers with a beginning, and then with a byte now and then for ever. */
final class Trickle implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger hungUp = new AtomicInteger();
    private final String beginning;

    /** @param beginning in ISO 8859-1 */
    Trickle(String beginning) throws IOException {
        this.beginning = beginning;
        Routines.thread("trickle", this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections were made. */
    int connections() {
        return clients.size();
    }

    /** How many clients have hung up. */
    int hungUp() {
        return hungUp.get();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                clients.add(client);
                Routines.thread("trickle", () -> answer(client)).start();
            }
        } catch (IOException e) {
            closed.countDown();
        }
    }

    private void answer(Socket client) {
        try (OutputStream out = client.getOutputStream()) {
            out.write(beginning.getBytes(ISO_8859_1));
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                out.write('1');
            }
        } catch (IOException e) {
            hungUp.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
