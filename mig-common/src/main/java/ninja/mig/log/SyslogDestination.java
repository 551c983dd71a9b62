package ninja.mig.log;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;

/** A syslog server, by UDP or TCP: {@code <PRI>time host tag[pid]: line}. */
final class SyslogDestination implements Destination {
    static final int LONGEST = 8000; // servers cut at 8 KiB, some of them into two messages
    private static final int CONNECT_MILLIS = 2000;
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration SAME_ADDRESS = Duration.ofMinutes(1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private final LoggingConf conf;
    private final String host;
    private final String sender;
    private Optional<DatagramChannel> datagrams = Optional.empty();
    private Instant lookUp = Instant.EPOCH;
    private Optional<Socket> stream = Optional.empty();
    private Instant retry = Instant.MIN;

    SyslogDestination(LoggingConf conf, String program) {
        this.conf = conf;
        this.host = conf.isLocal() ? "localhost" : conf.host();
        this.sender = hostName() + " " + tag(program) + ": ";
    }

    /** Names a program, and this process of it. */
    static String tag(String program) {
        return program + "[" + ProcessHandle.current().pid() + "]";
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException notLinux) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException nameless) {
                return "localhost";
            }
        }
    }

    @Override
    public void write(Instant time, Severity severity, String line) throws IOException {
        String stamp = TIME.format(time.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneId.systemDefault()));
        String text = "<" + conf.facility().priority(severity) + ">" + stamp + " " + sender + line;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] message = bytes.length > LONGEST ? Arrays.copyOf(bytes, LONGEST) : bytes;
        if (conf.tcp()) {
            writeStream(time, message);
        } else {
            writeDatagram(time, message);
        }
    }

    /** A server's host may get another address, of which no datagram would tell. */
    private void writeDatagram(Instant now, byte[] message) throws IOException {
        try {
            if (now.isBefore(lookUp.minus(SAME_ADDRESS)) || !now.isBefore(lookUp)) {
                close();
                lookUp = now.plus(SAME_ADDRESS);
            }
            if (datagrams.isEmpty()) {
                datagrams = Optional.of(connectDatagrams());
            }
            send(datagrams.get(), message);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Only a connected socket hears that nobody listens. */
    private DatagramChannel connectDatagrams() throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, conf.port());
        if (address.isUnresolved()) {
            throw new UnknownHostException(host);
        }
        DatagramChannel channel = DatagramChannel.open();
        try {
            return channel.connect(address);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void send(DatagramChannel channel, byte[] message) throws IOException {
        channel.configureBlocking(true);
        channel.write(ByteBuffer.wrap(message));
        // What a host says to that comes out of the next call; this very host says it at once.
        channel.configureBlocking(false);
        channel.read(ByteBuffer.allocate(1));
    }

    private void writeStream(Instant now, byte[] message) throws IOException {
        if (stream.isEmpty() && now.isBefore(retry)) {
            throw new IOException("syslog server " + host + " is away");
        }
        try {
            if (stream.isEmpty()) {
                stream = Optional.of(connect());
            }
            byte[] line = Arrays.copyOf(message, message.length + 1);
            line[message.length] = '\n';
            stream.get().getOutputStream().write(line);
        } catch (IOException e) {
            retry = now.plus(RETRY);
            close();
            throw e;
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, conf.port()), CONNECT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (datagrams.isPresent()) {
            DatagramChannel channel = datagrams.get();
            datagrams = Optional.empty();
            channel.close();
        }
        if (stream.isPresent()) {
            Socket socket = stream.get();
            stream = Optional.empty();
            socket.close();
        }
    }
}
