package ninja.mig.platform;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A port of this machine that leads to another one. Its connections can be held: they stay, and nothing comes back. */
final class Forwarder implements AutoCloseable {
    private final int target;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Tunnel> tunnels = new CopyOnWriteArrayList<>();

    Forwarder(int target) throws IOException {
        this.target = target;
        run(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many connections were made. */
    int connections() {
        return tunnels.size();
    }

    /** What the other end sends on the connections that there are arrives no more; later ones work. */
    void hold() {
        tunnels.forEach(tunnel -> tunnel.held = true);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) { // either end may go whenever it likes
                        System.err.println("forwarder: " + e);
                    }
                },
                "forwarder");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Tunnel tunnel = new Tunnel(server.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
            tunnels.add(tunnel);
            run(tunnel::there);
            run(tunnel::back);
        }
    }

    private static final class Tunnel {
        private final Socket near;
        private final Socket far;
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean held;

        Tunnel(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        void there() throws IOException {
            try {
                near.getInputStream().transferTo(far.getOutputStream());
            } finally {
                close();
            }
        }

        void back() throws IOException, InterruptedException {
            byte[] buffer = new byte[64 * 1024];
            InputStream in = far.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (held) {
                    closed.await();
                }
                near.getOutputStream().write(buffer, 0, n);
            }
            close();
        }

        void close() throws IOException {
            closed.countDown();
            near.close();
            far.close();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Tunnel tunnel : tunnels) {
            tunnel.close();
        }
    }
}
