package ninja.mig.modules.ping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program of the system, played by scripts that print what real ones do, and worse. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class PingProgramTest {
    private static final String LINUX = "Linux";
    private static final String MAC = "Mac OS X";

    private static final String IPUTILS = """
            PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
            64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.00042 ms

            --- 127.0.0.1 ping statistics ---
            1 packets transmitted, 1 received, 0% packet loss, time 0ms
            rtt min/avg/max/mdev = 0.045/0.045/0.045/0.000 ms""";

    private static final String SILENCE = """
            PING 192.0.2.1 (192.0.2.1) 56(84) bytes of data.

            --- 192.0.2.1 ping statistics ---
            1 packets transmitted, 0 received, 100% packet loss, time 0ms""";

    private static final String SILENCE_OF_MAC = """
            PING 192.0.2.1 (192.0.2.1): 56 data bytes

            --- 192.0.2.1 ping statistics ---
            1 packets transmitted, 0 packets received, 100.0% packet loss""";

    private static final String MAC_HAS_NO_ROUTE = """
            PING 192.0.2.1 (192.0.2.1): 56 data bytes
            ping: sendto: No route to host

            --- 192.0.2.1 ping statistics ---
            1 packets transmitted, 0 packets received, 100.0% packet loss""";

    private static final String UNREACHABLE = """
            PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
            From 10.0.0.1 icmp_seq=1 Destination Host Unreachable""";

    @TempDir
    Path folder;

    private final InetAddress target = InetAddress.getLoopbackAddress();

    private Path program(String name, String body) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String prints(String text, int status) {
        return "cat <<'X'\n" + text + "\nX\nexit " + status;
    }

    private Optional<Answer> ask(String body, String os, Duration limit) throws Exception {
        return PingProgram.among(List.of(program("ping", body)), target, os)
                .orElseThrow()
                .ask(target, limit);
    }

    private Answer ask(String body) throws Exception {
        return ask(body, LINUX, Duration.ofSeconds(5)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, 64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms, 0.045",
        "Linux, 64 bytes from ::1: seq=0 ttl=64 time=0.066 ms, 0.066",
        "Mac OS X, 64 bytes from 127.0.0.1: icmp_seq=0 ttl=64 time=0.031 ms, 0.031",
        "Windows 11, Reply from 127.0.0.1: bytes=32 time<1ms TTL=128, 1",
        "Windows 11, Antwort von 127.0.0.1: Bytes=32 Zeit<1ms TTL=128, 1",
        "Windows 11, Reply from ::1: time=3ms, 3"
    })
    void readsTheTimeOfEverySystem(String os, String line, double expected) throws Exception {
        // A program that takes at least as long as it says.
        Answer answer =
                ask("sleep 0.01\n" + prints(line, 0), os, Duration.ofSeconds(5)).orElseThrow();

        assertEquals(new Answer(expected, Optional.empty()), answer);
    }

    @Test
    void readsTheFirstTimeOfManyAndNeverZero() throws Exception {
        assertEquals(new Answer(0.001, Optional.empty()), ask(prints(IPUTILS, 0)));
    }

    @Test
    void saysWhatHappensToAnAttempt() throws Exception {
        assertEquals(Answer.timedOut(), ask(prints(SILENCE, 1)));
        assertEquals(Optional.of(Answer.timedOut()), ask(prints(SILENCE_OF_MAC, 2), MAC, Duration.ofSeconds(5)));
        assertEquals(Optional.of(Answer.unreachable()), ask(prints(MAC_HAS_NO_ROUTE, 2), MAC, Duration.ofSeconds(5)));
        assertEquals(
                Optional.of(Answer.timedOut()),
                ask(prints("Request timed out.", 1), "Windows 11", Duration.ofSeconds(5)));
        assertEquals(Answer.unreachable(), ask(prints(UNREACHABLE, 1)));
        assertEquals(Answer.unreachable(), ask(prints("ping: sendto: Host is down", 2)));
        assertEquals(Answer.unreachable(), ask("echo 'ping: connect: Network is unreachable' >&2; exit 2"));
        assertEquals(
                Answer.unreachable(),
                ask(
                                prints("Reply from 10.0.0.1: Destination host unreachable.", 0),
                                "Windows 11",
                                Duration.ofSeconds(5))
                        .orElseThrow());
    }

    @Test
    void repeatsTheFirstLineOfAFailure() throws Exception {
        Answer answer = ask("echo; printf 'ping: \\033[2J bad \\377 thing %0500d\\n' 7 >&2; exit 2");

        assertEquals(Answer.FAILURE, answer.latency());
        String remark = answer.remark().orElseThrow();
        assertTrue(remark.contains("ended with status 2: ping: \\x1b[2J bad \u00ff thing 000"), remark);
        assertTrue(remark.length() < 400, remark);
    }

    @ParameterizedTest
    @CsvSource({"ping: socket: Operation not permitted, 2", "ping: permission denied (are you root?), 1"})
    void asksDifferentlyWhereThisUserMustNot(String complaint, int status) throws Exception {
        String body = "echo '" + complaint + "' >&2; exit " + status;
        assertEquals(Optional.empty(), ask(body, LINUX, Duration.ofSeconds(5)));

        Answer answer = new IcmpAttempt(
                        target, Duration.ofSeconds(2), PingProgram.among(List.of(program("ping", body)), target, LINUX))
                .make();

        assertTrue(Answer.isSuccess(answer.latency()), answer.toString());
        assertTrue(answer.remark().orElseThrow().startsWith("the program ping must not send here, Java asked"));
    }

    @Test
    void asksDifferentlyWhereTheProgramDoesNotRun() throws Exception {
        Path broken = Files.writeString(folder.resolve("ping"), "#!/no/such/shell\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));

        Answer answer = new IcmpAttempt(
                        target, Duration.ofSeconds(2), PingProgram.among(List.of(broken), target, LINUX))
                .make();

        assertTrue(answer.remark().orElseThrow().startsWith("the program ping does not run: "), answer.toString());
    }

    @Test
    void believesNoTimeThatCannotBe() throws Exception {
        Answer late = ask(prints("time=9999999 ms", 0));
        assertTrue(late.latency() < 5000, late.toString());
        assertTrue(late.latency() >= 0.001, late.toString());

        Answer none = ask(prints("time=99999999999999999999999 ms time=-4 ms time=NaN ms", 0));
        assertTrue(none.latency() < 5000, none.toString());
        assertTrue(none.remark().orElseThrow().contains("told no time"), none.toString());
    }

    @Test
    void endsAProgramThatPrintsForEver() throws Exception {
        Answer answer =
                ask("while :; do echo 'time=1 ms aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'; done");

        assertEquals(Answer.FAILURE, answer.latency());
        assertTrue(answer.remark().orElseThrow().contains("printed more than 65536 bytes"), answer.toString());
    }

    @Test
    void endsAProgramThatDoesNotEnd() throws Exception {
        String mark = Long.toString(4_711_000_000L + ProcessHandle.current().pid());
        long begin = System.nanoTime();

        Optional<Answer> answer = ask("trap '' TERM; exec sleep " + mark, LINUX, Duration.ofMillis(10));

        assertEquals(Optional.of(Answer.timedOut()), answer);
        assertTrue(Answer.millisSince(begin) < 10_000);
        List<ProcessHandle> left = ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").endsWith("sleep " + mark))
                .toList();
        for (ProcessHandle process : left) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void doesNotWaitForWhatAProgramLeavesBehind() throws Exception {
        long begin = System.nanoTime();

        Answer answer = ask("sleep 15 & echo 'time=0.1 ms'");

        assertEquals(new Answer(0.1, Optional.empty()), answer);
        assertTrue(Answer.millisSince(begin) < 12_000);
    }

    @Test
    void givesItNothingOfItsOwnEnvironment() throws Exception {
        Path seen = folder.resolve("seen");

        ask("env >" + seen + "; printf '%s ' \"$@\" >>" + seen + "; " + prints("time=1 ms", 0));

        List<String> lines = Files.readAllLines(seen);
        assertTrue(lines.contains("LC_ALL=C"), lines.toString());
        assertTrue(lines.contains("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), lines.toString());
        assertFalse(
                lines.stream().anyMatch(line -> line.startsWith("HOME=") || line.startsWith("JAVA")), lines.toString());
        assertEquals("-n -c 1 -W 5 127.0.0.1 ", lines.get(lines.size() - 1));
    }

    @Test
    void asksEverySystemInItsOwnWords() throws Exception {
        Path four = program("ping", "exit 0");
        Path six = program("ping6", "exit 0");
        List<Path> both = List.of(four, six);
        InetAddress sixth = InetAddress.getByName("2001:db8::1");
        Duration limit = Duration.ofMillis(1500);

        assertEquals(
                List.of(four.toString(), "-n", "-c", "1", "-W", "2", "127.0.0.1"),
                PingProgram.among(both, target, LINUX).orElseThrow().command(target, limit));
        assertEquals(
                List.of(six.toString(), "-n", "-c", "1", "-W", "2", "2001:db8::1"),
                PingProgram.among(both, sixth, LINUX).orElseThrow().command(sixth, limit));
        assertEquals(
                List.of(four.toString(), "-n", "-c", "1", "-W", "2", "2001:db8::1"),
                PingProgram.among(List.of(four), sixth, LINUX).orElseThrow().command(sixth, limit));
        assertEquals(
                List.of(four.toString(), "-n", "-c", "1", "-W", "1500", "127.0.0.1"),
                PingProgram.among(both, target, "Mac OS X").orElseThrow().command(target, limit));
        assertEquals(
                List.of(six.toString(), "-n", "-c", "1", "2001:db8::1"),
                PingProgram.among(both, sixth, "Mac OS X").orElseThrow().command(sixth, limit));
        assertEquals(
                List.of(four.toString(), "-n", "1", "-w", "1500", "127.0.0.1"),
                PingProgram.among(both, target, "Windows 11").orElseThrow().command(target, limit));
    }

    @Test
    void takesNoProgramThatIsNoneOrHasNoFixedPlace() throws Exception {
        Path plain = Files.writeString(folder.resolve("plain"), "x");

        assertEquals(
                Optional.empty(),
                PingProgram.among(List.of(plain, folder, Path.of("ping"), folder.resolve("none")), target, LINUX));
        assertTrue(PingProgram.places().stream().allMatch(Path::isAbsolute));
    }

    @Test
    void isAskedByTheModule() throws Exception {
        PingModule module = new PingModule(InetAddress::getByName, List.of(program("ping", prints("time=0.5 ms", 0))));

        ModuleResult result = module.run(
                module.bind(MigJson.tree("{\"destination\":\"127.0.0.1\",\"protocol\":\"icmp\",\"count\":2}")),
                RunContext.unlimited());

        assertEquals(
                "{\"latencies\":[0.5,0.5],\"protocol\":\"icmp\",\"resolvedhost\":\"127.0.0.1 (127.0.0.1)\",\"failures\":null}",
                MigJson.text(result.elements()));
        assertTrue(module.print(result, false).get(1).matches("ping #1 succeeded in [01]ms"));
    }
}
