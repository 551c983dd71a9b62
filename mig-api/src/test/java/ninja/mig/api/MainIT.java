package ninja.mig.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import ninja.mig.platform.testing.FreshDatabase;
import ninja.mig.platform.testing.MigServices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
@ExtendWith(MigServices.class)
@Timeout(120)
class MainIT {
    @TempDir
    private Path folder;

    private record Ended(int code, String output) {}

    private Process program(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "ninja.mig.api.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static Ended end(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        return new Ended(process.exitValue(), output);
    }

    private Path conf(String text) throws IOException {
        return Files.writeString(folder.resolve("api.cfg"), text);
    }

    private static String server(int port) {
        return "[server]\nip = 127.0.0.1\nport = " + port + "\n";
    }

    @Test
    void printsItsVersion() throws Exception {
        Ended ended = end(program("-V"));

        assertEquals(0, ended.code());
        assertTrue(ended.output().matches("[0-9a-zA-Z.-]+\\R"), ended.output());
    }

    @Test
    void endsWithNineOnAWrongConfiguration(FreshDatabase database) throws Exception {
        Ended missing = end(program("-c", folder.resolve("none.cfg").toString()));
        Ended unknown = end(program(
                "-c",
                conf(server(0) + "prot = 1\n" + RunningApi.postgres(database)).toString()));

        assertEquals(9, missing.code());
        assertTrue(missing.output().contains("FATAL: configuration file"), missing.output());
        assertEquals(9, unknown.code());
        assertTrue(unknown.output().contains("[server] prot in"), unknown.output());
    }

    @Test
    void endsWithNineWhenThePortIsTaken(FreshDatabase database) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Ended ended = end(program(
                    "-c",
                    conf(server(taken.getLocalPort()) + RunningApi.postgres(database))
                            .toString()));

            assertEquals(9, ended.code(), ended.output());
            assertTrue(ended.output().contains("FATAL: "), ended.output());
            assertTrue(ended.output().contains("127.0.0.1:" + taken.getLocalPort()), ended.output());
        }
    }

    @Test
    void endsWithZeroWhenItIsTerminated(FreshDatabase database) throws Exception {
        Process process =
                program("-c", conf(server(0) + RunningApi.postgres(database)).toString());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder seen = new StringBuilder();
            String line = lines.readLine();
            while (line != null && !line.endsWith("OK")) {
                seen.append(line).append('\n');
                line = lines.readLine();
            }
            assertTrue(line != null, seen.toString());

            process.destroy();

            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void registersAnInvestigator(FreshDatabase database) throws Exception {
        RunningApi.install(database);
        RunningApi.asSuperuser(database, "TRUNCATE signatures, investigators CASCADE");
        String conf = conf(server(0) + RunningApi.postgres(database)).toString();
        Path key = Files.writeString(folder.resolve("ada.asc"), Vectors.text("keys/ada.pub.asc"));
        Path secret = Files.writeString(folder.resolve("eve.asc"), Vectors.text("keys/eve.sec.asc"));

        Ended created = end(program("-c", conf, "--create-investigator", "Ada Test", key.toString()));
        Ended again = end(program("-c", conf, "--create-investigator", "Ada Again", key.toString()));
        Ended refused = end(program("-c", conf, "--create-investigator", "Eve Test", secret.toString()));

        assertEquals(0, created.code(), created.output());
        assertEquals("active", RunningApi.ask(database, "SELECT status FROM investigators WHERE name = 'Ada Test'"));
        assertEquals(1, again.code());
        assertTrue(again.output().contains("already exists"), again.output());
        assertEquals(1, refused.code());
        assertEquals("1", RunningApi.ask(database, "SELECT count(*) FROM investigators"));
    }
}
