package ninja.mig.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket on a loopback address where the people of this host ask the agent. One thread serves one connection after the
 * other, one request each, with a limit on time and bytes and a pause in between; it holds no lock of the rest of the agent.
 * Whatever local users do to it, they delay each other and nothing else.
 */
final class StatSocket implements AutoCloseable {
    static final int LONGEST_REQUEST = 8192;

    private static final Logger log = LoggerFactory.getLogger(StatSocket.class);

    private static final int WAITING = 10;
    private static final int SHORTEST_REQUEST = 2;
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final InetSocketAddress address;
    private final StatCommands commands;
    private final Runnable stop;
    private final Times times;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private boolean failedBefore;
    private volatile Optional<InetSocketAddress> bound = Optional.empty();
    private volatile Optional<ServerSocketChannel> server = Optional.empty();
    private volatile Optional<StatExchange> current = Optional.empty();

    /**
     * How long things take.
     *
     * @param exchange the longest time for a request, and again for its reply
     * @param pause between two connections
     * @param retry until the address is tried again, if somebody else holds it
     */
    record Times(Duration exchange, Duration pause, Duration retry) {
        static final Times USUAL = new Times(Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(60));
    }

    /** @param stop ends the agent; called after the reply to a {@code shutdown} was sent */
    StatSocket(InetSocketAddress address, StatCommands commands, Runnable stop, Times times) {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException("the stat socket listens on this machine alone, not on " + address);
        }
        this.address = address;
        this.commands = commands;
        this.stop = stop;
        this.times = times;
        this.thread = Routines.thread("stat-socket", this::run);
    }

    void start() {
        thread.start();
    }

    /** Where it listens at the moment, if it does. */
    Optional<InetSocketAddress> bound() {
        return bound;
    }

    private void run() {
        try {
            while (isOpen()) {
                listen();
                closed.await(times.retry().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.error("the stat socket ended by an interruption that nobody asked for", e);
        }
    }

    private void listen() throws InterruptedException {
        try (ServerSocketChannel opened = ServerSocketChannel.open()) {
            server = Optional.of(opened);
            opened.bind(address, WAITING);
            bound = Optional.of((InetSocketAddress) opened.getLocalAddress());
            log.info("stat socket opened: {}", bound.get());
            failedBefore = false;
            while (isOpen()) {
                serve(opened.accept());
                closed.await(times.pause().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (IOException e) {
            if (isOpen() && !failedBefore) {
                log.warn(
                        "stat socket {} is not open, will be tried every {} s; another agent may hold it: {}",
                        address,
                        times.retry().toSeconds(),
                        e.getMessage());
                failedBefore = true;
            }
        } finally {
            bound = Optional.empty();
        }
    }

    private void serve(SocketChannel client) {
        boolean stops = false;
        try (client;
                StatExchange exchange = new StatExchange(client, times.exchange())) {
            current = Optional.of(exchange);
            Optional<byte[]> request = isOpen() ? exchange.request(LONGEST_REQUEST) : Optional.empty();
            if (request.isPresent()) {
                StatCommands.Reply reply = answer(request.get());
                stops = reply.stops();
                exchange.reply(reply.text().getBytes(StandardCharsets.UTF_8), request.get().length == LONGEST_REQUEST);
            }
        } catch (IOException e) {
            log.debug("a client of the stat socket went away: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("a request on the stat socket could not be answered", e);
        }
        current = Optional.empty();
        if (stops) {
            stop.run();
        }
    }

    private StatCommands.Reply answer(byte[] request) {
        if (request.length > LONGEST_REQUEST - SHORTEST_REQUEST) {
            return new StatCommands.Reply("request is too long, at most " + LONGEST_REQUEST + " bytes\n", false);
        }
        String line = new String(request, StandardCharsets.ISO_8859_1).stripTrailing();
        if (request.length < SHORTEST_REQUEST || line.isEmpty()) {
            return new StatCommands.Reply("request is too short\n", false);
        }
        return commands.answer(line);
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    /**
     * Stops listening; the request at hand is cut off. The thread is not interrupted: an interruption in the instant of an
     * accept would leave that connection open.
     */
    @Override
    public void close() throws IOException, InterruptedException {
        closed.countDown();
        if (server.isPresent()) {
            server.get().close();
        }
        current.ifPresent(StatExchange::cutOff);
        thread.join(FAREWELL.toMillis());
    }
}
