package ninja.mig.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueLocTest {
    @Test
    void readsTheSampleOfTheDeploymentGuide() throws RejectedException {
        QueueLoc queueLoc = QueueLoc.parse("linux.agent123.example.net.58b3mndjmbb00");

        assertEquals("agent123.example.net", queueLoc.hostname());
        assertEquals("58b3mndjmbb00", queueLoc.uid());
        assertEquals("mig.agt.linux.agent123.example.net.58b3mndjmbb00", queueLoc.queue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "linux",
                "linux.a",
                "freebsd.a.b",
                "linux.a b.c",
                "linux.a.B",
                "linux.a.b\n",
                "linux.a'.b",
                "linux..b",
                "linux.a.",
                ".a.b",
                "linux.\u00e4.b",
                "Linux.a.b",
                "linux.a.\u0661"
            })
    void refusesOtherForms(String text) {
        assertThrows(RejectedException.class, () -> QueueLoc.parse(text));
    }

    @Test
    void refusesMoreThanARoutingKeyHolds() {
        assertThrows(RejectedException.class, () -> QueueLoc.parse("linux." + "a".repeat(240) + ".b"));
    }
}
