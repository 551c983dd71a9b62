package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class ModuleProgramTest {
    private static final Map<String, String> OWN =
            Map.of("USER", "x", "HTTP_PROXY", "p:1", "NO_PROXY", "*", "MIG_JAVA_OPTS", "-Xmx80m");

    @Test
    void handsItsOwnSettingsOnToTheNextAgentAlone() {
        Map<String, String> upgrade = new HashMap<>(OWN);
        Map<String, String> file = new HashMap<>(OWN);

        ModuleProgram.setEnvironment(upgrade, "upgrade");
        ModuleProgram.setEnvironment(file, "file");

        assertEquals("p:1", upgrade.get("HTTP_PROXY"));
        assertEquals("*", upgrade.get("NO_PROXY"));
        assertEquals("-Xmx80m", upgrade.get("MIG_JAVA_OPTS"));
        assertFalse(upgrade.containsKey("USER"));
        assertEquals("/", upgrade.get("HOME"));
        assertFalse(
                file.containsKey("HTTP_PROXY") || file.containsKey("NO_PROXY") || file.containsKey("MIG_JAVA_OPTS"));
    }
}
