package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import ninja.mig.relay.Topology;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final FakePublisher relay = new FakePublisher();
    private final Events events = new Events(relay, new SchedulerMetrics(Clock.systemUTC()));

    private static byte[] body(int i) {
        return Integer.toString(i).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void publishesOnTheExchangeOfEvents() throws Exception {
        events.publish(Topology.AGENT_NEW, body(1));
        events.close();

        assertEquals("migevent", relay.published().get(0).exchange());
        assertEquals("agent.new", relay.published().get(0).routingKey());
    }

    @Test
    void keepsEventsWhileTheRelayIsAway() throws Exception {
        relay.answers(FakePublisher.Answer.AWAY);
        events.publish(Topology.AGENT_NEW, body(1));
        events.close();
        assertEquals(1, relay.published().size());

        relay.answers(FakePublisher.Answer.CONFIRM);
        events.close();
        events.close();

        assertEquals(2, relay.published().size(), "once more, and no more when it was confirmed");
    }

    @Test
    void dropsTheOldestWhenTooManyWait() throws Exception {
        for (int i = 0; i < 10_100; i++) {
            events.publish(Topology.AGENT_NEW, body(i));
        }
        events.close();

        assertEquals(10_000, relay.published().size());
        assertEquals("100", new String(relay.published().get(0).body(), StandardCharsets.UTF_8));
    }
}
