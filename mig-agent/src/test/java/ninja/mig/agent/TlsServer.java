package ninja.mig.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import ninja.mig.relay.PemTls;
import ninja.mig.runtime.Routines;

/** Shows a certificate to whoever connects, and is nothing else than that. */
final class TlsServer implements AutoCloseable {
    private final ServerSocket listener;

    TlsServer(Path ca, Path certificate, Path key) throws Exception {
        this.listener = PemTls.load(ca, Optional.of(certificate), Optional.of(key))
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Routines.thread("tls-server", this::accept).start();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket client = listener.accept()) {
                client.getInputStream().read();
            } catch (IOException e) {
                // Clients refuse the certificate, which is what it is for.
                Thread.currentThread().setName("tls-server after " + e.getMessage());
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
