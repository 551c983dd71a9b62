package ninja.mig.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * One request and one reply on one connection of the stat socket. Neither takes longer than its time, whatever the other side
 * does: it may be silent, send a byte now and then, never end its line, or never read.
 */
final class StatExchange implements AutoCloseable {
    private static final int DRAINED_AT_MOST = 1 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final Duration limit;
    private volatile boolean cutOff;

    /**
     * Begins; the channel is closed with this exchange.
     *
     * @param limit for the request, and again for the reply
     */
    StatExchange(SocketChannel channel, Duration limit) throws IOException {
        this.channel = channel;
        this.limit = limit;
        this.selector = Selector.open();
        try {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            selector.close();
            throw e;
        }
    }

    /**
     * Reads a line.
     *
     * @return its bytes and its end; {@code most} bytes without an end if the line is longer; empty if nothing came, or no end
     *     of it within the time
     */
    Optional<byte[]> request(int most) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        ByteBuffer buffer = ByteBuffer.allocate(most);
        while (buffer.hasRemaining() && lineEnd(buffer) < 0) {
            if (!isReady(SelectionKey.OP_READ, deadline)) {
                return Optional.empty();
            }
            if (channel.read(buffer) < 0) {
                return buffer.position() == 0 ? Optional.empty() : Optional.of(bytes(buffer, buffer.position()));
            }
        }
        int end = lineEnd(buffer);
        return Optional.of(bytes(buffer, end < 0 ? most : end + 1));
    }

    private static int lineEnd(ByteBuffer buffer) {
        for (int i = 0; i < buffer.position(); i++) {
            if (buffer.get(i) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static byte[] bytes(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(0, bytes);
        return bytes;
    }

    /** Sends a reply, and waits for the other side to end if it has more to say: otherwise it would not see the reply. */
    void reply(byte[] text, boolean drain) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        ByteBuffer rest = ByteBuffer.wrap(text);
        while (rest.hasRemaining() && isReady(SelectionKey.OP_WRITE, deadline)) {
            channel.write(rest);
        }
        channel.shutdownOutput();
        ByteBuffer dropped = ByteBuffer.allocate(16 * 1024);
        int left = DRAINED_AT_MOST;
        while (drain && left > 0 && isReady(SelectionKey.OP_READ, deadline)) {
            int count = channel.read(dropped.clear());
            left = count < 0 ? 0 : left - count;
        }
    }

    private boolean isReady(int operation, long deadline) throws IOException {
        long left = deadline - System.nanoTime();
        if (left <= 0 || cutOff) {
            return false;
        }
        channel.keyFor(selector).interestOps(operation);
        selector.selectedKeys().clear();
        return selector.select(Duration.ofNanos(left).toMillis() + 1) > 0 && !cutOff;
    }

    /** From any thread: what is waited for does not come any more. */
    void cutOff() {
        cutOff = true;
        selector.wakeup();
    }

    @Override
    public void close() throws IOException {
        try (selector) {
            channel.close();
        }
    }
}
