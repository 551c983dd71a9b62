package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link ServiceStartTest} does not show: the relay itself. {@code UpgradeIT} has one that answers. */
class TakeoverTest {
    @TempDir
    Path directory;

    @Test
    void isNotReadyWhereNoRelayListens() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        AgentConf conf = new Investigation().conf("[agent]\nrelay = amqp://a:s3cret@127.0.0.1:1/mig\n");
        Path runDir = directory.resolve("run");
        try (Takeover takeover = Takeover.of(conf, new PrintStream(said, true, StandardCharsets.UTF_8), runDir)) {
            takeover.begin();

            String message =
                    assertThrows(RejectedException.class, takeover::connect).getMessage();

            assertTrue(message.startsWith("the new agent cannot connect to the relay, the old one goes on: "), message);
            assertTrue(message.contains("127.0.0.1:1"), message);
            assertFalse(message.contains("s3cret"), message);
        }
        assertEquals("", said.toString(StandardCharsets.UTF_8));
        assertFalse(Files.exists(runDir.resolve(AgentIdentity.FILE)), "it only looks");
    }
}
