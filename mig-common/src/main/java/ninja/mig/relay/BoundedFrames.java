package ninja.mig.relay;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of a connection without the bodies that are too large for this process: such a message is delivered with an empty
 * body, so that it can be acknowledged. Frame by frame it comes and goes, in the memory of one frame.
 */
final class BoundedFrames implements FrameHandler {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    /** In the payload of a header's frame, behind class and weight. */
    private static final int SIZE_AT = 4;

    private final FrameHandler frames;
    private final int largestBody;
    /** By channel: how many bytes of the body at hand are still to be skipped. Of the reading thread alone. */
    private final Map<Integer, Long> skipped = new HashMap<>();

    /** @param largestBody bytes */
    BoundedFrames(FrameHandler frames, int largestBody) {
        this.frames = frames;
        this.largestBody = largestBody;
    }

    /** The library wants null when nothing came within the timeout. */
    @Override
    public Frame readFrame() throws IOException {
        Frame frame = frames.readFrame();
        while (frame != null && isSkipped(frame)) {
            frame = frames.readFrame();
        }
        return frame == null || frame.getType() != AMQP.FRAME_HEADER ? frame : bounded(frame);
    }

    /** What is more than was announced is left to the library, which refuses it. */
    private boolean isSkipped(Frame frame) {
        Optional<Long> left = frame.getType() == AMQP.FRAME_BODY
                ? Optional.ofNullable(skipped.remove(frame.getChannel()))
                : Optional.empty();
        if (left.isEmpty()) {
            return false;
        }
        long rest = left.get() - frame.getPayload().length;
        if (rest > 0) {
            skipped.put(frame.getChannel(), rest);
        }
        return rest >= 0;
    }

    private Frame bounded(Frame header) {
        byte[] payload = header.getPayload();
        long size = payload.length < SIZE_AT + Long.BYTES
                ? 0
                : ByteBuffer.wrap(payload).getLong(SIZE_AT);
        if (size <= largestBody) {
            return header;
        }
        log.warn("the body of a message is dropped: it has {} bytes, more than {}", size, largestBody);
        skipped.put(header.getChannel(), size);
        byte[] empty = payload.clone();
        ByteBuffer.wrap(empty).putLong(SIZE_AT, 0);
        return new Frame(header.getType(), header.getChannel(), empty);
    }

    @Override
    public boolean internalHearbeat() {
        return frames.internalHearbeat();
    }

    @Override
    public void setTimeout(int millis) throws SocketException {
        frames.setTimeout(millis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return frames.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        frames.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        frames.initialize(connection);
    }

    @Override
    public void startProcessing() {
        frames.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        frames.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int bytes) {
        frames.setFrameMax(bytes);
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        frames.writeFrame(frame);
    }

    @Override
    public void flush(WriteListener listener) throws IOException {
        frames.flush(listener);
    }

    @Override
    public void close() {
        frames.close();
    }

    @Override
    public InetAddress getLocalAddress() {
        return frames.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return frames.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return frames.getAddress();
    }

    @Override
    public int getPort() {
        return frames.getPort();
    }
}
