package ninja.mig.relay;

/**
 * Takes the messages of one queue, one at a time, and acknowledges each, here or later from any thread.
 *
 * <p>A checked exception means that messages cannot be handled now: the connection is closed and made again after a
 * pause, and the relay delivers everything unacknowledged once more. A {@link RuntimeException} means that this message
 * meets a defect: it is logged and acknowledged, so that it does not come back for ever.
 */
@FunctionalInterface
public interface MessageHandler {
    void handle(Delivery delivery) throws Exception;
}
