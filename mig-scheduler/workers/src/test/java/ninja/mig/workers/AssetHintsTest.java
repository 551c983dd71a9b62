package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.Message;
import ninja.mig.relay.RelayException;
import org.junit.jupiter.api.Test;

class AssetHintsTest {
    private final FakeMozDef mozdef = new FakeMozDef();
    private final AssetHints hints =
            new AssetHints(mozdef.mozdef(), new Owners(Optional.empty()), Golden.SENDER, Golden.CLOCK);

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void tellsMozDefOfANewAgent() throws Exception {
        hints.handle(Golden.bytes("agent.json"));

        assertEquals(List.of(Golden.text("asset-hint.json")), mozdef.events());
        Message message = mozdef.published().get(0);
        assertEquals("eventtask", message.exchange());
        assertEquals("asset", message.routingKey());
        assertTrue(message.mandatory());
    }

    @Test
    void leavesEmptyWhatAnAgentDoesNotSay() throws Exception {
        hints.handle(json("{\"name\": \"h\", \"tags\": [\"operator\"], \"environment\": {\"addresses\": [null]}}"));

        assertTrue(
                mozdef.events()
                        .get(0)
                        .endsWith("\"details\":{\"type\":\"host\",\"name\":\"h\",\"ipv4\":[],\"ipv6\":[],"
                                + "\"os\":\"\",\"arch\":\"\",\"ident\":\"\",\"init\":\"\",\"isproxied\":false,"
                                + "\"operator\":\"\",\"team\":\"\"}}"),
                mozdef.events().get(0));
    }

    @Test
    void takesNothingForAnAddressThatIsNone() throws Exception {
        hints.handle(json("{\"name\": \"h\", \"environment\": {\"addresses\": [\"; rm -rf /\", \"$(id)\", \"1.2.3\","
                + " \"::1/128\", \"10.0.0.1\", \"10.0.0.1/8\", \"fe80::1%eth0\", \"::ffff:10.0.0.2/96\", \":\","
                + " \"-1.2.3.4\", \"1.2.3.4 5\"]}}"));

        assertTrue(
                mozdef.events().get(0).contains("\"ipv4\":[\"10.0.0.1\"],\"ipv6\":[\"::1\",\"::ffff:10.0.0.2\"]"),
                mozdef.events().get(0));
    }

    @Test
    void refusesWhatIsNoAgent() {
        for (String event : List.of(
                "",
                "{",
                "null",
                "[]",
                "\u0000",
                "{}",
                "{\"name\": 7}",
                "{\"name\": \"a\", \"name\": \"b\"}",
                "{\"name\": \"a\", \"pid\": \"1\"}",
                "{\"name\": \"a\", \"environment\": []}",
                "[".repeat(100_000))) {
            assertThrows(RejectedException.class, () -> hints.handle(json(event)), event);
        }
        assertEquals(List.of(), mozdef.events());
    }

    @Test
    void keepsTheEventWhenMozDefDoesNotTakeIt() {
        mozdef.answers(FakeMozDef.Answer.AWAY);
        RelayException away = assertThrows(RelayException.class, () -> hints.handle(Golden.bytes("agent.json")));
        assertEquals("MozDef does not take events: the relay is away", away.getMessage());

        mozdef.answers(FakeMozDef.Answer.NO_QUEUE);
        RelayException lost = assertThrows(RelayException.class, () -> hints.handle(Golden.bytes("agent.json")));
        assertEquals("MozDef has no queue for asset at exchange eventtask", lost.getMessage());
    }
}
