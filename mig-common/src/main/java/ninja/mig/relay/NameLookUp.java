package ninja.mig.relay;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.conf.GoDuration;
import ninja.mig.runtime.Routines;

/**
 * Looks names up, and gives up waiting for name servers that do not answer, for which Java has no limit. A look-up that is
 * late goes on in its thread, and whoever asks for the same name meanwhile waits for that one.
 */
final class NameLookUp {
    /** Enough for a resolver that asks two of its three name servers in vain, twice. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** That of this process, as Java's own memory of names is: one thread for a name, however often it is asked for. */
    static final NameLookUp USUAL = new NameLookUp(LIMIT, InetAddress::getAllByName);

    private final Duration limit;
    private final Names names;
    private final Map<String, CompletableFuture<InetAddress[]>> asked = new ConcurrentHashMap<>();

    /** Knows the addresses of names, and may take long. */
    interface Names {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    NameLookUp(Duration limit, Names names) {
        this.limit = limit;
        this.names = names;
    }

    /**
     * The addresses of a host, one at least.
     *
     * @throws UnknownHostException if it has none
     * @throws IOException if nobody says so in time
     */
    InetAddress[] addresses(String host) throws IOException {
        try {
            return asked.computeIfAbsent(host, this::ask).get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "no answer within " + GoDuration.format(limit) + " about the name " + host
                            + ": see the name servers",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException unknown
                    ? unknown
                    : new IOException("the name " + host + " cannot be looked up: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    private CompletableFuture<InetAddress[]> ask(String host) {
        CompletableFuture<InetAddress[]> answer = new CompletableFuture<>();
        Routines.thread("look-up", () -> answer(host, answer)).start();
        return answer;
    }

    private void answer(String host, CompletableFuture<InetAddress[]> answer) {
        try {
            answer.complete(names.of(host));
        } catch (UnknownHostException | RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            asked.remove(host, answer);
        }
    }
}
