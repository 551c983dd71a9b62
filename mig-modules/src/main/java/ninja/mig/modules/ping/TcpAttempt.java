package ninja.mig.modules.ping;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;

/** A connection that is made and closed. */
record TcpAttempt(InetSocketAddress target, Duration limit) implements Attempt {
    @Override
    public Answer make() {
        long begin = System.nanoTime();
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(target, Math.toIntExact(limit.toMillis()));
            return Answer.since(begin);
        } catch (IOException e) {
            return Answer.failed("connect", e);
        }
    }
}
