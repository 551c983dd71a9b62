package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleLineTest {
    private static ModuleMessage read(String line) throws MalformedJsonException {
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
        assertThrows(MalformedJsonException.class, () -> read(line));
    }
}
