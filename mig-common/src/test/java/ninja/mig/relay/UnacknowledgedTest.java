package ninja.mig.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UnacknowledgedTest {
    private final List<String> sent = new ArrayList<>();
    private final Unacknowledged channel = new Unacknowledged(tag -> sent.add(tag + " and lower"));

    private List<Delivery> deliveries(int count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(tag -> {
                    channel.delivered(tag);
                    return new Delivery(channel, tag, "k", false, new byte[0]);
                })
                .toList();
    }

    @Test
    void acknowledgesABatchInOneFrame() {
        Delivery.ackAll(deliveries(5));
        assertEquals(List.of("5 and lower"), sent);
    }

    @Test
    void includesNothingThatIsNotDone() {
        List<Delivery> all = deliveries(6);
        Delivery.ackAll(List.of(all.get(0), all.get(1), all.get(3), all.get(5)));
        assertEquals(List.of("2 and lower"), sent);
        all.get(2).ack();
        all.get(4).ack();
        assertEquals(List.of("2 and lower", "4 and lower", "6 and lower"), sent);
    }

    @Test
    void forgetsNothingOfALongStream() {
        List<Delivery> all = deliveries(10_000);
        for (int i = 1; i < all.size(); i++) {
            all.get(i).ack();
        }
        assertEquals(List.of(), sent);
        all.get(0).ack();
        assertEquals(List.of("10000 and lower"), sent);
    }

    @Test
    void acknowledgesNothingThatWasNotDelivered() {
        deliveries(1);
        new Delivery(channel, 2, "k", false, new byte[0]).ack();
        new Delivery(channel, 0, "k", false, new byte[0]).ack();
        assertEquals(List.of(), sent);
    }

    @Test
    void acknowledgesOnceOnly() {
        List<Delivery> all = deliveries(2);
        all.get(0).ack();
        all.get(0).ack();
        Delivery.ackAll(all);
        assertEquals(List.of("1 and lower", "2 and lower"), sent);
    }

    @Test
    void doesNothingWhenTheChannelIsGone() {
        List<Delivery> all = deliveries(2);
        channel.close();
        Delivery.ackAll(all);
        assertEquals(List.of(), sent);
        Unacknowledged broken = new Unacknowledged(tag -> {
            throw new IOException("broken pipe");
        });
        broken.delivered(1);
        new Delivery(broken, 1, "k", false, new byte[0]).ack();
    }

    @Test
    void keepsBatchesOfSeveralChannelsApart() {
        List<String> other = new ArrayList<>();
        List<Delivery> batch = new ArrayList<>(deliveries(2));
        batch.add(Delivery.detached("k", new byte[0], () -> other.add("acked")));
        Delivery.ackAll(batch);
        assertEquals(List.of("2 and lower"), sent);
        assertEquals(List.of("acked"), other);
    }

    @Test
    void writesExpirationsThatBrokersAccept() {
        assertEquals(
                "1800000", Message.to("q", new byte[0], Duration.ofMinutes(30)).expirationText());
        assertEquals("0", Message.to("q", new byte[0], Duration.ofNanos(5)).expirationText());
        assertEquals(
                "4294967295", Message.to("q", new byte[0], Duration.ofDays(365)).expirationText());
        assertEquals("6000000", Message.event("agent.new", new byte[0]).expirationText());
        assertThrows(IllegalArgumentException.class, () -> Message.to("q", new byte[0], Duration.ofMillis(-1)));
    }
}
