package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackListenerTest {
    private static final Path PROC = Path.of("/proc");
    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path proc;

    @BeforeEach
    void isAboutLinux() {
        assumeTrue(Files.exists(PROC.resolve("net/tcp")));
    }

    @Test
    void findsTheSocketsOfThisVeryProcess() throws Exception {
        Object uid = Files.getAttribute(PROC.resolve("self"), "unix:uid");
        for (String host : new String[] {"127.0.0.1", "127.9.8.7"}) {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(host, 0));
                LoopbackListener found = LoopbackListener.at((InetSocketAddress) server.getLocalAddress(), PROC);

                assertEquals(uid.toString(), Long.toString(found.uid()));
                assertTrue(isOurs(found.inode()), found::toString);
            }
        }
    }

    /** Whether one of our open files is that socket. */
    private static boolean isOurs(long inode) throws Exception {
        try (var files = Files.list(PROC.resolve("self/fd"))) {
            for (Path file : files.toList()) {
                if (Files.isSymbolicLink(file)
                        && Files.readSymbolicLink(file).toString().equals("socket:[" + inode + "]")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void doesNotTakeAnAddressThatOnlyAnotherSocketCovers() throws Exception {
        try (ServerSocket everywhere = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            InetSocketAddress loopback =
                    new InetSocketAddress(InetAddress.getByName("127.0.0.1"), everywhere.getLocalPort());

            String message = assertThrows(RejectedException.class, () -> LoopbackListener.at(loopback, PROC))
                    .getMessage();
            assertTrue(message.contains("knows 0 sockets that listen on 127.0.0.1:"), message);
        }
    }

    @Test
    void readsBothTablesOfTheKernel() throws Exception {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
        table("tcp", "0100007F:C9D0 00000000:0000 0A", 101, 80455);
        assertEquals(new LoopbackListener(101, 80455), at("127.0.0.1"));

        table("tcp", "0100007F:C9D0 0100007F:8EC7 01", 101, 80455);
        table("tcp6", "0000000000000000FFFF00000100007F:C9D0 00000000000000000000000000000000:0000 0A", 0, 7);
        assertEquals(new LoopbackListener(0, 7), at("127.0.0.1"));

        table("tcp6", "00000000000000000000000001000000:C9D0 00000000000000000000000000000000:0000 0A", 5, 8);
        assertEquals(new LoopbackListener(5, 8), at("::1"));
        assertThrows(RejectedException.class, () -> at("127.0.0.1"));
    }

    @Test
    void doesNotChooseBetweenTwo() throws Exception {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
        table("tcp", "0100007F:C9D0 00000000:0000 0A", 0, 1);
        table("tcp6", "0000000000000000FFFF00000100007F:C9D0 00000000000000000000000000000000:0000 0A", 0, 2);

        assertThrows(RejectedException.class, () -> at("127.0.0.1"));
    }

    @Test
    void knowsNothingWithoutATable() {
        assertThrows(RejectedException.class, () -> at("127.0.0.1"));
    }

    private LoopbackListener at(String host) throws Exception {
        return LoopbackListener.at(new InetSocketAddress(host, 51664), proc);
    }

    private void table(String name, String beginning, long uid, long inode) throws Exception {
        Files.writeString(
                Files.createDirectories(proc.resolve("net")).resolve(name),
                HEADER + "   0: " + beginning + " 00000000:00000000 00:00000000 00000000   " + uid + "        0 "
                        + inode + " 1 00000000c476c3ee 100 0 0 10 0\n");
    }
}
