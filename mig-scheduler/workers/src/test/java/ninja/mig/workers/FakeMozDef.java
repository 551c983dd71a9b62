package ninja.mig.workers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import ninja.mig.relay.Message;
import ninja.mig.relay.Published;
import ninja.mig.relay.Publisher;
import ninja.mig.relay.RelayException;

/** A broker of MozDef that does at once what the test says. */
final class FakeMozDef implements Publisher {
    /** What it makes of a message. */
    enum Answer {
        CONFIRM,
        NO_QUEUE,
        AWAY
    }

    private final List<Message> published = new ArrayList<>();
    private Answer answer = Answer.CONFIRM;

    void answers(Answer next) {
        answer = next;
    }

    MozDef mozdef() {
        return new MozDef(this, "eventtask", "asset");
    }

    List<Message> published() {
        return List.copyOf(published);
    }

    /** The events that it took, as text. */
    List<String> events() {
        return published.stream()
                .map(m -> new String(m.body(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public CompletableFuture<Published> publish(Message message) {
        published.add(message);
        return switch (answer) {
            case CONFIRM -> CompletableFuture.completedFuture(Published.CONFIRMED);
            case NO_QUEUE -> CompletableFuture.completedFuture(Published.UNROUTABLE);
            case AWAY -> CompletableFuture.failedFuture(new RelayException("the relay is away"));
        };
    }
}
