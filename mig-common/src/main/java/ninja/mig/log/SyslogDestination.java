package ninja.mig.log;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
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

/**
 * A syslog server, by UDP or TCP: {@code <PRI>time host tag[pid]: line}. The socket {@code /dev/log} is not used: it takes
 * datagrams, which Java does not send to such sockets.
 */
final class SyslogDestination implements Destination {
    private static final int LONGEST = 8000; // servers cut at 8 KiB, some of them into two messages
    private static final int CONNECT_MILLIS = 2000;
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private final LoggingConf conf;
    private final String sender;
    private Optional<DatagramSocket> datagrams = Optional.empty();
    private Optional<Socket> stream = Optional.empty();
    private Instant retry = Instant.MIN;

    SyslogDestination(LoggingConf conf, String program) {
        this.conf = conf;
        this.sender = hostName() + " " + program + "[" + ProcessHandle.current().pid() + "]: ";
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
            writeDatagram(message);
        }
    }

    private void writeDatagram(byte[] message) throws IOException {
        if (datagrams.isEmpty()) {
            datagrams = Optional.of(new DatagramSocket());
        }
        InetAddress address = InetAddress.getByName(conf.host());
        datagrams.get().send(new DatagramPacket(message, message.length, address, conf.port()));
    }

    private void writeStream(Instant now, byte[] message) throws IOException {
        if (stream.isEmpty() && now.isBefore(retry)) {
            throw new IOException("syslog server " + conf.host() + " is away");
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
            socket.connect(new InetSocketAddress(conf.host(), conf.port()), CONNECT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        datagrams.ifPresent(DatagramSocket::close);
        datagrams = Optional.empty();
        if (stream.isPresent()) {
            Socket socket = stream.get();
            stream = Optional.empty();
            socket.close();
        }
    }
}
