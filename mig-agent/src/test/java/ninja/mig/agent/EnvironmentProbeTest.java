package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import ninja.mig.model.AgentEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProbeTest {
    @TempDir
    Path root;

    private final HostCommand commands = new HostCommand(Duration.ofSeconds(5));

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3",
        "fe80:0:0:0:fc:ff:fe00:1, fe80::fc:ff:fe00:1",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:1, ::1",
        "2001:db8:0:1:2:3:4:0, 2001:db8:0:1:2:3:4:0",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:0:0, ::",
    })
    void writesAddressesInTheirShortForm(String address, String expected) throws Exception {
        assertEquals(expected, EnvironmentProbe.text(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @CsvSource({"amd64, amd64", "x86_64, amd64", "i686, 386", "aarch64, arm64", "riscv64, riscv64"})
    void namesProcessorsAsGoDoes(String java, String go) {
        assertEquals(go, EnvironmentProbe.arch(java));
    }

    @Test
    void believesAFullKernelName() throws Exception {
        write("proc/sys/kernel/hostname", "db4.sub.example.com\n");

        assertEquals("db4.sub.example.com", probe().hostname("linux"));
    }

    @Test
    void doesNotBelieveAResolverThatKnowsAnotherHost() throws Exception {
        write("proc/sys/kernel/hostname", "surely-not-this-host\n");

        assertEquals("surely-not-this-host", probe().hostname("linux"));
    }

    @Test
    void recognizesTheInitSystem() throws Exception {
        write("proc/1/cmdline", "init [2]\0");
        assertEquals("sysvinit", probe().environment("linux").init());
        write("proc/1/cmdline", "/sbin/init\0");
        assertEquals("upstart", probe().environment("linux").init());
        write("proc/1/cmdline", "/usr/lib/systemd --system\0");
        assertEquals("systemd", probe().environment("linux").init());
        write("proc/1/cmdline", "java\0");
        assertEquals("sysvinit-fallback", probe().environment("linux").init());
        Files.createDirectories(root.resolve("run/systemd/system"));
        assertEquals("systemd", probe().environment("linux").init());
    }

    @Test
    void findsOutWhatItCanAndNothingMore() {
        AgentEnvironment here = probe().environment("linux");

        assertEquals("linux", here.os());
        assertFalse(here.isProxied());
        assertFalse(here.addresses().contains("127.0.0.1/8"));
    }

    @Test
    void cleansWhatProgramsPrint() {
        assertEquals("Ubuntu 14.04 trusty", EnvironmentProbe.clean("Ubuntu\n14.04\ntrusty\n"));
        assertEquals("Debian GNU/Linux 12", EnvironmentProbe.clean("\"Debian GNU/Linux 12\"\n"));
    }

    @Test
    @Timeout(20)
    void doesNotWaitForAProgramThatDoesNotAnswer() {
        HostCommand impatient = new HostCommand(Duration.ofMillis(300));

        assertEquals(Optional.empty(), impatient.output("sleep", "600"));
        assertEquals(Optional.empty(), impatient.output("sh", "-c", "sleep 600 & sleep 600"));
    }

    @Test
    void ignoresProgramsThatFailOrAreMissing() {
        assertEquals(Optional.empty(), commands.output("false"));
        assertEquals(Optional.empty(), commands.output("no-such-program"));
        assertEquals(Optional.of("x\n"), commands.output("echo", "x"));
    }

    @Test
    void limitsWhatAProgramMayPrint() {
        assertTrue(commands.output("head", "-c", "100000", "/dev/zero")
                        .map(String::length)
                        .orElse(0)
                <= 65_536);
    }

    @Test
    void knowsTheAddressesOfThisHost() {
        for (String address : EnvironmentProbe.addresses()) {
            assertTrue(address.matches("[0-9a-f.:]+/[0-9]+"), address);
        }
        assertFalse(EnvironmentProbe.addresses().containsAll(List.of("::1/128")));
    }

    private EnvironmentProbe probe() {
        return new EnvironmentProbe(root, commands);
    }

    private void write(String file, String text) throws Exception {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }
}
