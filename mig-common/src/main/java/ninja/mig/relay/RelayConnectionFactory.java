package ninja.mig.relay;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections that need little memory for a message, whatever its size, outlive it, and leave logging to their owner. */
final class RelayConnectionFactory extends ConnectionFactory {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    /** What RabbitMQ takes too; a relay that knows no limit could fill the memory with one frame. */
    private static final int LARGEST_FRAME = 128 << 10;

    private final int largestBody;

    /** @param largestBody bytes; see {@link BoundedFrames} */
    RelayConnectionFactory(int largestBody) {
        this.largestBody = largestBody;
        setRequestedFrameMax(LARGEST_FRAME);
        // The library would close the connection on a larger message, which the relay would then deliver again, for
        // ever.
        setMaxInboundMessageBodySize(Integer.MAX_VALUE);
        setExceptionHandler(new QuietEnd());
    }

    /** What ends a connection is told by who hears of its end, in one line; the library would add a stack of its own. */
    private static final class QuietEnd extends DefaultExceptionHandler {
        @Override
        public void handleUnexpectedConnectionDriverException(Connection connection, Throwable e) {
            log.debug("connection {} ends", connection, e);
        }
    }

    @Override
    protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
        FrameHandlerFactory plain = super.createFrameHandlerFactory();
        return (address, name) -> new BoundedFrames(plain.create(address, name), largestBody);
    }
}
