package ninja.mig.modules.ping;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import ninja.mig.modules.Printable;

/** A connection that is made and closed. */
record TcpAttempt(InetSocketAddress target, Duration limit) implements Attempt {
    @Override
    public Answer make() {
        long begin = System.nanoTime();
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(target, Math.toIntExact(limit.toMillis()));
            return Answer.since(begin);
        } catch (SocketTimeoutException e) {
            return Answer.timedOut();
        } catch (ConnectException e) {
            // The system's own time limit, which is shorter than ours, has the same exception.
            return String.valueOf(e.getMessage()).contains("timed out") ? Answer.timedOut() : Answer.unreachable();
        } catch (NoRouteToHostException e) {
            return Answer.unreachable();
        } catch (IOException e) {
            return Answer.failed("connect: " + Printable.line(String.valueOf(e.getMessage())));
        }
    }
}
