package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleLineTest {
    private static ModuleMessage read(String line) throws RejectedException {
        return ModuleLine.read(line.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhatItWrites() throws Exception {
        ModuleMessage parameters = ModuleMessage.parameters(MigJson.tree("{\"a\":[1,\"b\"]}"));

        assertEquals(parameters, read(MigJson.text(parameters) + "\n"));
        assertEquals(ModuleMessage.stop(), read(MigJson.text(ModuleMessage.stop())));
    }

    @Test
    void takesNamesInAnyCaseAndIgnoresOthers() throws Exception {
        ModuleMessage message = read("{\"Class\":\"parameters\",\"PARAMETERS\":null,\"other\":7}");

        assertEquals(ModuleMessage.PARAMETERS, message.messageClass());
        assertNull(message.parameters());
        assertEquals("", read("{}").messageClass());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "null",
                "{\"class\":7}",
                "{\"class\":\"stop\",\"CLASS\":\"parameters\"}",
                "{\"class\":\"stop\",\"class\":\"parameters\"}",
                "{\"class\":\"stop\"} {}",
                "{\"class\":\"stop\""
            })
    void refusesWhatIsNoMessage(String line) {
        assertThrows(RejectedException.class, () -> read(line));
    }

    @Test
    void saysWhereTheMistakeIs() {
        assertEquals(
                "line on standard input: member 'class': expected a text, found the number 7",
                assertThrows(RejectedException.class, () -> read("{\"class\":7}"))
                        .getMessage());
        assertEquals(
                "line on standard input: expected an object, found a list",
                assertThrows(RejectedException.class, () -> read("[]")).getMessage());
    }
}
