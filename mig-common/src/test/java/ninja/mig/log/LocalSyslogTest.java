package ninja.mig.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.runtime.Routines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalSyslogTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String TAG = SyslogDestination.tag("mig-test");
    private static final String OLD = "--prio-prefix";
    private static final String NEW = "--prio-prefix -S, --size <size>";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream lastResort = new ByteArrayOutputStream();
    private Path socket;
    private Path lines;

    @BeforeEach
    void haveASocket() throws IOException {
        socket = Files.createFile(folder.resolve("log"));
        lines = folder.resolve("lines");
    }

    @Test
    void feedsLoggerIfNobodyListens() throws Exception {
        Path logger = logger(NEW, "echo \"$@\" > " + folder.resolve("arguments") + "; exec cat > " + lines);
        LocalSyslog syslog = syslog(closedPort(), logger);
        for (int i = 0; i < 3; i++) { // a host says at once that nobody listens, or a moment later
            syslog.write(NOW, Severity.WARNING, "- 5 6 [warning] hello");
        }
        syslog.write(NOW, Severity.ERROR, "x".repeat(9000));
        syslog.close();

        List<String> written = Files.readAllLines(lines);
        assertEquals("<156>- 5 6 [warning] hello", written.get(0));
        assertEquals("<155>" + "x".repeat(8000 - 5), written.get(written.size() - 1));
        assertEquals(
                "--prio-prefix -t " + TAG + " -u " + socket + " --size 8000",
                Files.readString(folder.resolve("arguments")).strip());
    }

    @Test
    void sendsByUdpWhereSomebodyListens() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            LocalSyslog syslog = syslog(server.getLocalPort(), logger(NEW, "exec cat > " + lines));
            syslog.write(NOW, Severity.INFO, "- - - [info] hello");
            syslog.close();
            DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
            server.receive(packet);

            String message = new String(packet.getData(), 0, packet.getLength(), UTF_8);
            assertTrue(message.endsWith(" " + TAG + ": - - - [info] hello"), message);
        }
        assertFalse(Files.exists(lines));
    }

    @Test
    void knowsWhatTheHostHas() throws Exception {
        Path old = logger(OLD, "exit 0");
        assertEquals(
                Optional.of(new LoggerProgram(old, socket, 1000)),
                LoggerProgram.find(List.of(folder.resolve("none"), old), socket));
        assertEquals(Optional.empty(), LoggerProgram.find(List.of(old), folder.resolve("no-socket")));

        Path busybox = logger("BusyBox: logger [OPTIONS] [MESSAGE]", "exit 0");
        assertEquals(Optional.empty(), LoggerProgram.find(List.of(busybox), socket));
        LocalSyslog syslog = syslog(closedPort(), busybox);
        assertThrows(IOException.class, () -> {
            for (int i = 0; i < 3; i++) {
                syslog.write(NOW, Severity.INFO, "as without it");
            }
        });
        syslog.close();
    }

    @Test
    void saysOnceThatLoggerHasEndedAndStartsItLater() throws Exception {
        Path logger = logger(NEW, "read line; echo \"$line\" >> " + lines + "; exit 3");
        SafeDestination safe =
                new SafeDestination(syslog(closedPort(), logger), new PrintStream(lastResort, true, UTF_8));
        while (!said().contains("cannot write the log")) {
            safe.write(NOW, Severity.INFO, "one");
        }
        for (int i = 0; i < 100; i++) {
            safe.write(NOW, Severity.INFO, "two");
        }
        assertEquals(1, said().split("cannot write the log", -1).length - 1, said());
        assertTrue(said().contains("two"), "what it does not take is not lost unseen");

        safe.write(NOW.plusSeconds(61), Severity.INFO, "three");
        safe.close();
        assertEquals(List.of("<158>one", "<158>three"), Files.readAllLines(lines));
    }

    @Test
    void isNotHeldUpByALoggerThatTakesNothing() throws Exception {
        LoggerProgram deaf = new LoggerProgram(logger(NEW, "exec sleep 7541"), socket, SyslogDestination.LONGEST);
        LoggerDestination destination = new LoggerDestination(deaf, Facility.LOCAL3, TAG);
        CountDownLatch nearlyFull = new CountDownLatch(8); // of 64 KiB
        CompletableFuture<String> end = new CompletableFuture<>();
        Routines.thread("writer", () -> {
                    try {
                        while (true) {
                            destination.write(NOW, Severity.INFO, "x".repeat(9000));
                            nearlyFull.countDown();
                        }
                    } catch (IOException e) {
                        end.complete(e.toString());
                    }
                })
                .start();
        nearlyFull.await();

        destination.close();

        assertFalse(end.get(20, TimeUnit.SECONDS).isEmpty());
    }

    /** Its socket is a stream here, which it takes too, since Java has no datagrams for such sockets. */
    @Test
    void isUnderstoodByTheHostsOwnLogger() throws Exception {
        Files.delete(socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Optional<LoggerProgram> program = LoggerProgram.find(LoggerProgram.PLACES, socket);
            assumeTrue(program.isPresent(), "this host has no logger of util-linux");
            LoggerDestination destination = new LoggerDestination(program.get(), Facility.LOCAL3, TAG);
            destination.write(NOW, Severity.WARNING, "- 5 6 [warning] hello");
            destination.write(NOW, Severity.ERROR, "- - - [error] world");
            destination.close();

            try (InputStream in = Channels.newInputStream(server.accept())) {
                String all = new String(in.readAllBytes(), UTF_8);
                assertTrue(all.startsWith("<156>") && all.contains(TAG + ": - 5 6 [warning] hello"), all);
                assertTrue(all.contains("<155>") && all.contains(TAG + ": - - - [error] world"), all);
            }
        }
    }

    private String said() {
        return lastResort.toString(UTF_8);
    }

    private LocalSyslog syslog(int port, Path logger) {
        LoggingConf conf = new LoggingConf(
                LoggingConf.Mode.SYSLOG, Severity.INFO, Optional.empty(), "", port, false, Facility.LOCAL3, 0);
        return new LocalSyslog(conf, "mig-test", List.of(logger), socket);
    }

    private static int closedPort() throws IOException {
        try (DatagramSocket closed = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    private Path logger(String help, String body) throws IOException {
        Path script = Files.writeString(
                folder.resolve("logger"),
                "#!/bin/sh\nif [ \"$1\" = --help ]; then echo '" + help + "'; exit 0; fi\n" + body + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}
