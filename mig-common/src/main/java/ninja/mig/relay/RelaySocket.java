package ninja.mig.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;

/**
 * Connects to its target, directly or through a proxy's CONNECT, then speaks TLS if asked to. Its streams are those of the
 * innermost connection. A proxy looks up the target's name itself.
 */
final class RelaySocket extends Socket {
    /** For the answer of a proxy, and for the handshake of TLS. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int LONGEST_ANSWER = 8192;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

    private final Optional<ConnectProxy> proxy;
    private final Optional<PemTls> tls;
    private final Duration patience;
    private Optional<SSLSocket> inner = Optional.empty();

    /** @param patience {@link #PATIENCE}, but in tests */
    RelaySocket(Optional<ConnectProxy> proxy, Optional<PemTls> tls, Duration patience) {
        this.proxy = proxy;
        this.tls = tls;
        this.patience = patience;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        InetSocketAddress target = (InetSocketAddress) endpoint;
        super.connect(proxy.isPresent() ? address(proxy.get()) : target, timeout);
        try {
            if (proxy.isPresent()) {
                requestTunnel(proxy.get(), target.getHostString(), target.getPort());
            }
            if (tls.isPresent()) {
                inner = Optional.of(layer(tls.get(), target));
            }
            super.setSoTimeout(0);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static InetSocketAddress address(ConnectProxy proxy) throws IOException {
        return new InetSocketAddress(NameLookUp.USUAL.addresses(proxy.host())[0], proxy.port());
    }

    private void requestTunnel(ConnectProxy proxy, String host, int port) throws IOException {
        String address = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        StringBuilder request = new StringBuilder()
                .append("CONNECT ")
                .append(address)
                .append(" HTTP/1.1\r\n")
                .append("Host: ")
                .append(address)
                .append("\r\n");
        proxy.credentials().ifPresent(c -> request.append("Proxy-Authorization: Basic ")
                .append(Base64.getEncoder().encodeToString(c.getBytes(StandardCharsets.UTF_8)))
                .append("\r\n"));
        super.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        String status = readAnswer(proxy);
        Matcher m = STATUS.matcher(status);
        if (!m.matches() || m.group(1).charAt(0) != '2') {
            throw new IOException("proxy " + proxy + " refused the tunnel to " + address + ": " + printable(status));
        }
    }

    private static String printable(String status) {
        String text = status.replaceAll("[^ -~]", "?");
        return text.length() > 100 ? text.substring(0, 100) : text;
    }

    /** Byte by byte, since what follows the empty line belongs to the target. Returns the status line. */
    private String readAnswer(ConnectProxy proxy) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        InputStream in = super.getInputStream();
        int lineLength = 0;
        while (true) {
            super.setSoTimeout(millisUntil(deadline, proxy));
            int b = in.read();
            if (b < 0) {
                throw new IOException("proxy " + proxy + " closed the connection before it answered");
            }
            if (answer.size() == LONGEST_ANSWER) {
                throw new IOException("proxy " + proxy + " answered more than " + LONGEST_ANSWER + " bytes");
            }
            answer.write(b);
            if (b == '\n') {
                if (lineLength == 0) {
                    return answer.toString(StandardCharsets.ISO_8859_1)
                            .lines()
                            .findFirst()
                            .orElse("");
                }
                lineLength = 0;
            } else if (b != '\r') {
                lineLength++;
            }
        }
    }

    private int millisUntil(long deadline, ConnectProxy proxy) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException(
                    "proxy " + proxy + " did not answer within " + patience.toSeconds() + " s");
        }
        return (int) millis;
    }

    private SSLSocket layer(PemTls pem, InetSocketAddress target) throws IOException {
        SSLSocket socket = (SSLSocket) pem.context()
                .getSocketFactory()
                .createSocket(new Plain(), target.getHostString(), target.getPort(), true);
        PemTls.prepare(socket);
        super.setSoTimeout(0);
        ClosingTime.shakeHands(socket, this, patience);
        return socket;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return inner.isPresent() ? inner.get().getInputStream() : super.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return inner.isPresent() ? inner.get().getOutputStream() : super.getOutputStream();
    }

    @Override
    public void close() throws IOException {
        // No close of the TLS layer: it would write, and wait for a peer that may be gone.
        super.close();
    }

    private InputStream rawInput() throws IOException {
        return super.getInputStream();
    }

    private OutputStream rawOutput() throws IOException {
        return super.getOutputStream();
    }

    /** The connection without the TLS on top of it, which would otherwise read what it has decrypted itself. */
    private final class Plain extends Socket {
        @Override
        public InputStream getInputStream() throws IOException {
            return rawInput();
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return rawOutput();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isBound() {
            return true;
        }

        @Override
        public boolean isClosed() {
            return RelaySocket.this.isClosed();
        }

        @Override
        public boolean isInputShutdown() {
            return RelaySocket.this.isInputShutdown();
        }

        @Override
        public boolean isOutputShutdown() {
            return RelaySocket.this.isOutputShutdown();
        }

        @Override
        public void setSoTimeout(int millis) throws SocketException {
            RelaySocket.this.setSoTimeout(millis);
        }

        @Override
        public int getSoTimeout() throws SocketException {
            return RelaySocket.this.getSoTimeout();
        }

        @Override
        public void setTcpNoDelay(boolean on) throws SocketException {
            RelaySocket.this.setTcpNoDelay(on);
        }

        @Override
        public InetAddress getInetAddress() {
            return RelaySocket.this.getInetAddress();
        }

        @Override
        public int getPort() {
            return RelaySocket.this.getPort();
        }

        @Override
        public void close() throws IOException {
            RelaySocket.this.close();
        }
    }
}
