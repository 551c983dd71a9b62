package ninja.mig.modules.agentdestroy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaCommandTest {
    private static Optional<JavaCommand> parse(String line) {
        return JavaCommand.parse(List.of(line.split(" ")));
    }

    @Test
    void findsTheFileOfAnAgent() {
        assertEquals(
                Optional.of(new JavaCommand("/sbin/mig-agent-1", List.of("-f", "-c", "/etc/x"))),
                parse("java -Xmx64m -XX:AOTCache=/x -Da=b -jar /sbin/mig-agent-1 -f -c /etc/x"));
        assertEquals(
                Optional.of(new JavaCommand("/sbin/mig-agent-1", List.of("--service"))),
                parse("java -Xmx64m -cp /sbin/mig-agent-1 --add-modules jdk.net ninja.mig.agent.Main --service"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java",
                "java -jar",
                "java -cp",
                "java -cp /sbin/mig-agent-1",
                "java -cp /sbin/mig-agent-1 com.example.Main",
                "java -cp /x:/sbin/mig-agent-1 ninja.mig.agent.Main",
                "java ninja.mig.agent.Main -cp /sbin/mig-agent-1",
                "java com.example.Main -jar /sbin/mig-agent-1",
                "java -p /mods -m com.example/Main -jar /sbin/mig-agent-1",
                "java @options -jar /sbin/mig-agent-1"
            })
    void findsNoneInOtherCommands(String line) {
        assertEquals(Optional.empty(), parse(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-f", "-d", "--f", "-f=true", "--service", "-f -c /etc/x", "-c=/etc/x", "-m agent", "-m=agent -d"
            })
    void knowsTheFlagsOfAnAgentThatStays(String flags) {
        assertTrue(JavaCommand.isDaemon(List.of(flags.split(" "))));
        assertTrue(JavaCommand.isDaemon(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-m file",
                "-m",
                "-m=file",
                "-f -m netstat",
                "-q pid",
                "-V",
                "-u",
                "-c",
                "-i x",
                "--warm-up",
                "doctor",
                "-f=false",
                "-m agent-checkin",
                "-S"
            })
    void knowsTheFlagsOfOtherPrograms(String flags) {
        assertFalse(JavaCommand.isDaemon(List.of(flags.split(" "))));
    }
}
