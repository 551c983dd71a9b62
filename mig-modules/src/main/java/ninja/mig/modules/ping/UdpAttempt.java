package ninja.mig.modules.ping;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A datagram, and any answer from its target. */
record UdpAttempt(InetSocketAddress target, Duration limit) implements Attempt {
    private static final byte[] MESSAGE = "Ping!".repeat(3).getBytes(StandardCharsets.US_ASCII);

    @Override
    public Answer make() {
        try (DatagramSocket socket = new DatagramSocket()) {
            // Connected, so that the system tells of ports that are closed, and strangers are not heard.
            socket.connect(target);
            socket.setSoTimeout(Math.toIntExact(limit.toMillis()));
            long begin = System.nanoTime();
            socket.send(new DatagramPacket(MESSAGE, MESSAGE.length));
            socket.receive(new DatagramPacket(new byte[1], 1));
            return Answer.since(begin);
        } catch (IOException e) {
            return Answer.failed("send", e);
        }
    }
}
