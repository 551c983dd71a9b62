package ninja.mig.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.SocketFactory;

/** Makes sockets whose connect goes through a proxy if there is one, and then, if wished, into TLS. */
final class RelaySocketFactory extends SocketFactory {
    private final Optional<ConnectProxy> proxy;
    private final Optional<PemTls> tls;

    RelaySocketFactory(Optional<ConnectProxy> proxy, Optional<PemTls> tls) {
        this.proxy = proxy;
        this.tls = tls;
    }

    @Override
    public Socket createSocket() {
        return new RelaySocket(proxy, tls, RelaySocket.PATIENCE);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw onlyUnconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort) throws IOException {
        throw onlyUnconnected();
    }

    private static IOException onlyUnconnected() {
        return new IOException("the socket of a relay is made first and connected then");
    }
}
