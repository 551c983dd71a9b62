package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Talks to a stat socket as {@code nc} does: sends, and reads until the other side ends. */
final class StatTalk {
    private static final int PATIENCE_MILLIS = 20_000;

    private StatTalk() {}

    /** Where nobody listens. */
    static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return new InetSocketAddress("127.0.0.1", free.getLocalPort());
        }
    }

    /** Whether somebody says which process it is. */
    static boolean isOpen(InetSocketAddress address) {
        try {
            return !ask(address, "pid").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.connect(address, PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The reply to a line. */
    static String ask(InetSocketAddress address, String line) throws IOException {
        return send(address, (line + "\n").getBytes(StandardCharsets.ISO_8859_1), false);
    }

    /** @param ends whether the end of input follows the bytes */
    static String send(InetSocketAddress address, byte[] bytes, boolean ends) throws IOException {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(bytes);
            if (ends) {
                socket.shutdownOutput();
            }
            return read(socket);
        }
    }

    static String read(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
