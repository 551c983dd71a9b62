package ninja.mig.modules.timedrift;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** A server of network time on this machine, which answers what it is told to. */
final class NtpClock implements AutoCloseable {
    /** What the server makes of a question: packets to send, in order. */
    interface Answers extends UnaryOperator<List<byte[]>> {}

    private final DatagramSocket socket;
    private final Thread thread;
    private final AtomicReference<byte[]> question = new AtomicReference<>();

    /** @param answers gets a list of one question */
    NtpClock(Answers answers) throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        thread = new Thread(() -> serve(answers), "ntp-clock");
        thread.setDaemon(true);
        thread.start();
    }

    /** One that tells a time. */
    static NtpClock at(Instant time) throws IOException {
        return new NtpClock(questions -> List.of(answer(questions.get(0), time)));
    }

    private void serve(Answers answers) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
                socket.receive(packet);
                byte[] asked = Arrays.copyOf(packet.getData(), packet.getLength());
                question.set(asked);
                for (byte[] answer : answers.apply(List.of(asked))) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** A proper answer to a question. */
    static byte[] answer(byte[] question, Instant time) {
        long seconds = time.getEpochSecond() + 2_208_988_800L;
        long fraction = ((long) time.getNano() << 32) / 1_000_000_000L;
        return ByteBuffer.allocate(48)
                .put(0, (byte) 0x1c)
                .put(1, (byte) 2)
                .putLong(24, ByteBuffer.wrap(question).getLong(40))
                .putInt(40, (int) seconds)
                .putInt(44, (int) fraction)
                .array();
    }

    /** The last question that came. */
    byte[] question() {
        return question.get();
    }

    NtpServer server() {
        return new NtpServer("127.0.0.1", socket.getLocalPort());
    }

    @Override
    public void close() {
        socket.close();
    }
}
