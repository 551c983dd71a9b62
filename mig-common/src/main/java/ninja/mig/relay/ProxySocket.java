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
 * Connects to its target through a proxy's CONNECT, then speaks TLS through the tunnel if asked to. Its streams are those
 * of the innermost connection. The proxy looks up the target's name.
 */
final class ProxySocket extends Socket {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_ANSWER = 8192;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

    private final ConnectProxy proxy;
    private final Optional<PemTls> tls;
    private Optional<SSLSocket> inner = Optional.empty();

    ProxySocket(ConnectProxy proxy, Optional<PemTls> tls) {
        this.proxy = proxy;
        this.tls = tls;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        InetSocketAddress target = (InetSocketAddress) endpoint;
        super.connect(new InetSocketAddress(proxy.host(), proxy.port()), timeout);
        try {
            requestTunnel(target.getHostString(), target.getPort());
            if (tls.isPresent()) {
                inner = Optional.of(layer(tls.get(), target));
            }
            super.setSoTimeout(0);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void requestTunnel(String host, int port) throws IOException {
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
        String status = readAnswer();
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
    private String readAnswer() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        InputStream in = super.getInputStream();
        int lineLength = 0;
        while (true) {
            super.setSoTimeout(millisUntil(deadline));
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

    private int millisUntil(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException(
                    "proxy " + proxy + " did not answer within " + PATIENCE.toSeconds() + " s");
        }
        return (int) millis;
    }

    private SSLSocket layer(PemTls pem, InetSocketAddress target) throws IOException {
        SSLSocket socket = (SSLSocket) pem.context()
                .getSocketFactory()
                .createSocket(new Tunnel(), target.getHostString(), target.getPort(), true);
        PemTls.prepare(socket);
        super.setSoTimeout((int) PATIENCE.toMillis());
        socket.startHandshake();
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

    /** The tunnel without the TLS on top of it, which would otherwise read what it has decrypted itself. */
    private final class Tunnel extends Socket {
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
            return ProxySocket.this.isClosed();
        }

        @Override
        public boolean isInputShutdown() {
            return ProxySocket.this.isInputShutdown();
        }

        @Override
        public boolean isOutputShutdown() {
            return ProxySocket.this.isOutputShutdown();
        }

        @Override
        public void setSoTimeout(int millis) throws SocketException {
            ProxySocket.this.setSoTimeout(millis);
        }

        @Override
        public int getSoTimeout() throws SocketException {
            return ProxySocket.this.getSoTimeout();
        }

        @Override
        public void setTcpNoDelay(boolean on) throws SocketException {
            ProxySocket.this.setTcpNoDelay(on);
        }

        @Override
        public InetAddress getInetAddress() {
            return ProxySocket.this.getInetAddress();
        }

        @Override
        public int getPort() {
            return ProxySocket.this.getPort();
        }

        @Override
        public void close() throws IOException {
            ProxySocket.this.close();
        }
    }
}
