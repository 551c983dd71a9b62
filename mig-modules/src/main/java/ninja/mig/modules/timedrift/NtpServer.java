package ninja.mig.modules.timedrift;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import ninja.mig.conf.GoDuration;
import ninja.mig.modules.Lookup;
import ninja.mig.modules.RunContext;

/** A server of network time. */
record NtpServer(String host, int port) {
    static final int PORT = 123;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** How often a wait looks whether it must end. */
    private static final long STEP_MILLIS = 200;

    private static final int ROOM = 1024;

    /**
     * What it answered.
     *
     * @param time when it sent its answer, by its own clock
     * @param latency from our question to its answer
     * @param local when the answer came, by the clock of this host
     */
    record Reading(Instant time, Duration latency, Instant local) {
        /** How far this host is ahead; the answer took half of the latency. */
        Duration drift() {
            return Duration.between(time.plus(latency.dividedBy(2)), local);
        }
    }

    /** Looks up the address of a name. */
    interface Resolver {
        InetAddress address(String name) throws UnknownHostException;
    }

    /**
     * Asks once.
     *
     * @param limit of all, with the look-up of its name
     * @return nothing if the run must stop
     * @throws IOException if there is no usable answer in time
     */
    Optional<Reading> ask(Resolver resolver, Duration limit, RunContext context)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        InetAddress address = Lookup.within(limit, () -> resolver.address(host));
        try (DatagramSocket socket = new DatagramSocket()) {
            // Connected, so that only this server is heard.
            socket.connect(new InetSocketAddress(address, port));
            long cookie = RANDOM.nextLong();
            byte[] request = NtpPacket.request(cookie);
            long asked = System.nanoTime();
            socket.send(new DatagramPacket(request, request.length));
            while (!context.mustStop()) {
                long left = limit.toMillis() - (System.nanoTime() - begin) / 1_000_000;
                if (left <= 0) {
                    throw new IOException("no answer in " + GoDuration.format(limit));
                }
                Optional<byte[]> response = receive(socket, Math.min(left, STEP_MILLIS));
                Duration latency = Duration.ofNanos(System.nanoTime() - asked);
                Instant local = context.clock().instant();
                if (response.isPresent() && NtpPacket.answers(response.get(), cookie)) {
                    return Optional.of(new Reading(NtpPacket.time(response.get()), latency, local));
                }
            }
            return Optional.empty();
        }
    }

    private static Optional<byte[]> receive(DatagramSocket socket, long millis) throws IOException {
        socket.setSoTimeout(Math.toIntExact(millis));
        DatagramPacket packet = new DatagramPacket(new byte[ROOM], ROOM);
        try {
            socket.receive(packet);
            return Optional.of(Arrays.copyOf(packet.getData(), packet.getLength()));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }
}
