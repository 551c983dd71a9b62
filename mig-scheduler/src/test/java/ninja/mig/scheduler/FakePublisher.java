package ninja.mig.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayException;

/** A relay that does at once what the test says. */
final class FakePublisher implements Publisher {
    /** What the relay makes of a message. */
    enum Answer {
        CONFIRM,
        NO_QUEUE,
        AWAY
    }

    private final List<Message> published = new ArrayList<>();
    private volatile Answer answer = Answer.CONFIRM;

    void answers(Answer next) {
        answer = next;
    }

    /** The messages that it was handed, taken or not. */
    synchronized List<Message> published() {
        return List.copyOf(published);
    }

    @Override
    public synchronized CompletableFuture<Published> publish(Message message) {
        published.add(message);
        return switch (answer) {
            case CONFIRM -> CompletableFuture.completedFuture(Published.CONFIRMED);
            case NO_QUEUE -> CompletableFuture.completedFuture(Published.UNROUTABLE);
            case AWAY -> CompletableFuture.failedFuture(new RelayException("the relay is away"));
        };
    }
}
