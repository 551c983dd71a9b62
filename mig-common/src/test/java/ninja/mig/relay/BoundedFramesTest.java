package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import com.rabbitmq.client.impl.SocketFrameHandler;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundedFramesTest {
    private static final int LARGEST = 1000;

    private Socket relay;
    private DataOutputStream out;
    private FrameHandler frames;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
            relay = server.accept();
            out = new DataOutputStream(relay.getOutputStream());
            frames = new BoundedFrames(new SocketFrameHandler(client), LARGEST);
        }
    }

    @AfterEach
    void disconnect() throws IOException {
        relay.close();
        frames.close();
    }

    @Test
    void leavesMessagesAloneUpToItsLimit() throws Exception {
        send(1, LARGEST);
        body(1, 600);
        body(1, 400);

        assertEquals(LARGEST, size(frames.readFrame()));
        assertEquals(600, frames.readFrame().getPayload().length);
        assertEquals(400, frames.readFrame().getPayload().length);
    }

    @Test
    void deliversALargerMessageWithoutItsBody() throws Exception {
        send(1, 2500);
        body(1, 1000);
        send(2, 5);
        body(2, 5);
        body(1, 1000);
        body(1, 500);
        send(1, 7);
        body(1, 7);

        Frame header = frames.readFrame();
        assertEquals(0, size(header));
        assertEquals(1, header.getChannel());
        assertArrayEquals(new byte[] {0, 60}, new byte[] {header.getPayload()[0], header.getPayload()[1]});
        assertEquals(5, size(frames.readFrame()));
        assertEquals(5, frames.readFrame().getPayload().length);
        assertEquals(7, size(frames.readFrame()), "the next message of that channel is whole");
        assertEquals(7, frames.readFrame().getPayload().length);
    }

    @Test
    void hasTheLibraryRefuseWhatIsMoreThanAnnouncedOrNoSizeAtAll() throws Exception {
        send(1, 2500);
        body(1, 2400);
        body(1, 101);
        send(1, -1);
        frame(AMQP.FRAME_HEADER, 1, new byte[] {0, 60, 0});

        assertEquals(0, size(frames.readFrame()));
        assertEquals(101, frames.readFrame().getPayload().length);
        assertEquals(-1, size(frames.readFrame()));
        assertEquals(3, frames.readFrame().getPayload().length);
    }

    @Test
    void saysWhenNothingCame() throws Exception {
        frames.setTimeout(10);
        assertNull(frames.readFrame());
        assertEquals(10, frames.getTimeout());
        assertThrows(SocketTimeoutException.class, () -> {
            send(1, 2500);
            out.write(AMQP.FRAME_BODY);
            for (int i = 0; i < 100; i++) {
                frames.readFrame();
            }
        });
    }

    private void send(int channel, long bodySize) throws IOException {
        byte[] payload = ByteBuffer.allocate(14)
                .putShort((short) 60)
                .putShort((short) 0)
                .putLong(bodySize)
                .putShort((short) 0)
                .array();
        frame(AMQP.FRAME_HEADER, channel, payload);
    }

    private void body(int channel, int size) throws IOException {
        frame(AMQP.FRAME_BODY, channel, new byte[size]);
    }

    private void frame(int type, int channel, byte[] payload) throws IOException {
        out.writeByte(type);
        out.writeShort(channel);
        out.writeInt(payload.length);
        out.write(payload);
        out.writeByte(AMQP.FRAME_END);
    }

    private static long size(Frame header) {
        assertEquals(AMQP.FRAME_HEADER, header.getType());
        return ByteBuffer.wrap(header.getPayload()).getLong(4);
    }
}
