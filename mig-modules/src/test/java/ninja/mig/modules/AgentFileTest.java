package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentFileTest {
    @TempDir
    Path folder;

    private String refusal(Path file) {
        return assertThrows(IOException.class, () -> AgentFile.read(file)).getMessage();
    }

    @Test
    void readsTheVersionOfALauncher() throws Exception {
        Path file =
                FakeAgent.file(folder.resolve("mig-agent-1.0"), "1.0+x.prod").toRealPath();

        assertEquals(new AgentFile(file, "1.0+x.prod"), AgentFile.read(file));
    }

    @Test
    void takesTheVersionOfTheJarIfNoneIsBuiltIn() throws Exception {
        Path file = FakeAgent.file(folder.resolve("mig-agent"), AgentFile.MAIN_CLASS, "{}");

        assertEquals("of the jar", AgentFile.read(file).version());
    }

    @Test
    void saysWhatIsNoAgent() throws Exception {
        assertTrue(refusal(FakeAgent.file(folder.resolve("a"), "com.example.Main", "{}"))
                .endsWith("/a is no agent: its main class is another one"));
        assertTrue(refusal(FakeAgent.file(folder.resolve("b"), AgentFile.MAIN_CLASS, "nonsense"))
                .endsWith("/b is no agent: its configuration cannot be read"));
        assertTrue(refusal(Files.writeString(folder.resolve("c"), "#!/bin/sh\n"))
                .endsWith("/c is no agent: it is not a jar"));
        assertTrue(refusal(Files.createFile(folder.resolve("d"))).endsWith("/d is no agent: it is not a jar"));
        assertTrue(refusal(folder).endsWith(" is not a file"));
        assertThrows(IOException.class, () -> AgentFile.read(folder.resolve("missing")));
    }

    @Test
    void readsNoMoreOfAConfigurationThanAnAgentCanHave() throws Exception {
        Path bomb = FakeAgent.file(
                folder.resolve("e"), AgentFile.MAIN_CLASS, "{\"version\":\"" + "1".repeat(17 << 20) + "\"}");

        assertTrue(refusal(bomb).endsWith("/e is no agent: its META-INF/mig/builtin.json is too large"));
    }
}
