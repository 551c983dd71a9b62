package ninja.mig.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy that tunnels by CONNECT, and remembers where to. */
final class TestProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final List<String> targets = new CopyOnWriteArrayList<>();

    TestProxy() throws IOException {
        run("proxy", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> targets() {
        return targets;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        System.err.println(name + " ended: " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (!server.isClosed()) {
            Socket client = server.accept();
            run("tunnel", () -> tunnel(client));
        }
    }

    private void tunnel(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) client.getInputStream().read());
        }
        String target = head.toString().split(" ")[1];
        targets.add(target);
        int colon = target.lastIndexOf(':');
        Socket server = new Socket(target.substring(0, colon), Integer.parseInt(target.substring(colon + 1)));
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        run("there", () -> copy(client, server));
        copy(server, client);
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
