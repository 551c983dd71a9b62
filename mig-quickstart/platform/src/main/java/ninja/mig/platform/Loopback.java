package ninja.mig.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Ports of this machine's loopback address. */
final class Loopback {
    static final String ADDRESS = "127.0.0.1";

    private Loopback() {}

    /** A port that was free a moment ago; somebody else may be faster, so a start on it is to be tried more than once. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(ADDRESS), 0));
            return socket.getLocalPort();
        }
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(ADDRESS), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(ADDRESS, port), (int)
                    Duration.ofSeconds(1).toMillis());
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
