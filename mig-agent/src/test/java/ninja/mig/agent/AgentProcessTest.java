package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentProcessTest {
    private static final long PID = 4711;

    @TempDir
    Path directory;

    private Path idFile;
    private FakeProc proc;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(EnvironmentProbe.os().equals("linux"));
        idFile = Files.writeString(directory.resolve(".migagtid"), "58b3mndjmbb00");
        proc = new FakeProc(directory.resolve("proc"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java -jar /sbin/mig-agent",
                "/usr/bin/java -Xmx64m -XX:+UseSerialGC -jar /sbin/mig-agent-20150731+a1ad194.prod -f",
                "java -jar dist/mig-agent.jar -d -c /etc/mig/mig-agent.cfg",
                "java -jar mig-agent -m agent",
                "java -cp a.jar:b.jar ninja.mig.agent.Main -f",
                "C:\\jre\\bin\\java.exe -jar C:\\mig\\mig-agent.jar",
            })
    void believesADaemon(String commandLine) throws Exception {
        proc.own(PID, commandLine.split(" "));

        assertEquals(PID, check().pid());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "java",
                "-jar /sbin/mig-agent",
                "java -jar",
                "sleep 7531",
                "python3 -c pass /sbin/mig-agent",
                "java -jar /opt/other.jar -c /sbin/mig-agent",
                "java -jar /sbin/mig-agent -q=pid",
                "java -jar /sbin/mig-agent -q pid",
                "java -jar /sbin/mig-agent -m file",
                "java -jar /sbin/mig-agent -m agent-checkin",
                "java -jar /sbin/mig-agent -i action.json",
                "java -jar /sbin/mig-agent -V",
                "java -jar /sbin/mig-agent -S",
                "java -jar /sbin/mig-agent -h",
                "java -jar /sbin/mig-agent nonsense",
                "java -jar /sbin/mig-agentx",
                "java -jar /tmp/not-mig-agent.jar",
                "java -jar \u0001\u00e9",
            })
    void doesNotBelieveAnythingElse(String commandLine) throws Exception {
        proc.own(PID, commandLine.isEmpty() ? new String[0] : commandLine.split(" "));

        assertRefused("process 4711 is no running agent");
    }

    @Test
    void doesNotBelieveAProcessOfAnotherUser() throws Exception {
        proc.process(PID, "4294967294\t4294967294\t4294967294\t4294967294", List.of("java", "-jar", "/sbin/mig-agent"));

        assertRefused("process 4711 runs as user 4294967294, but");
    }

    @Test
    void doesNotBelieveAProcessThatWasAnotherUser() throws Exception {
        String uid = FakeProc.self();
        proc.process(PID, "4294967294\t" + uid + "\t" + uid + "\t" + uid, List.of("java", "-jar", "/sbin/mig-agent"));

        assertRefused("process 4711 runs as user , but");
    }

    @Test
    void doesNotBelieveAProcessThatDoesNotExist() {
        assertRefused("process 4711 does not exist");
    }

    @Test
    void looksAtTheRealProcess() {
        // This very process runs tests, whatever else its command line says.
        long self = ProcessHandle.current().pid();
        String message = assertThrows(RejectedException.class, () -> AgentProcess.check(self, idFile, Path.of("/proc")))
                .getMessage();
        assertTrue(message.contains("is no running agent"), message);
    }

    private AgentProcess check() throws Exception {
        return AgentProcess.check(PID, idFile, proc.path());
    }

    private void assertRefused(String part) {
        String message = assertThrows(RejectedException.class, this::check).getMessage();
        assertTrue(message.contains(part), message);
    }
}
