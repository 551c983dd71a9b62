package ninja.mig.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Talks to a stat socket as {@code nc} does: sends, and reads until the other side ends. */
final class StatTalk {
    private static final int PATIENCE_MILLIS = 20_000;

    private StatTalk() {}

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
