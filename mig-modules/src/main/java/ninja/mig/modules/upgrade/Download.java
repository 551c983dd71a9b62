package ninja.mig.modules.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.RunContext;

/** Fetches a file from a web server, which is not trusted with anything: not its size, not its speed, not its content. */
final class Download {
    private static final int MOST_REDIRECTS = 5;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 50;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final long largest;
    private final Duration silence;
    private final RunContext context;

    /**
     * @param largest bytes of a file
     * @param silence the longest time in which nothing comes
     */
    Download(long largest, Duration silence, RunContext context) {
        this.largest = largest;
        this.silence = silence;
        this.context = context;
    }

    /**
     * Writes the file, which must exist and be empty, and has it on the disk when it returns.
     *
     * @return the number of bytes
     * @throws RejectedException if it is not the file that was meant; the caller deletes what came
     */
    long fetch(Release release, Path target) throws RejectedException, InterruptedException {
        // In a thread of its own: one that waits for a server cannot be told to stop.
        FutureTask<Long> transfer = new FutureTask<>(() -> transfer(release, target));
        Thread thread = new Thread(transfer, "download");
        thread.setDaemon(true);
        thread.start();
        while (true) {
            try {
                return transfer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (context.mustStop()) {
                    throw tooLate();
                }
            } catch (ExecutionException e) {
                throw reason(release, e.getCause());
            }
        }
    }

    private static RejectedException reason(Release release, Throwable failure) {
        return failure instanceof RejectedException refusal
                ? refusal
                : new RejectedException(release.location() + " cannot be fetched: " + failure.getMessage(), failure);
    }

    private static RejectedException tooLate() {
        return new RejectedException("the download did not end in time: nothing was changed");
    }

    private long transfer(Release release, Path target) throws IOException, RejectedException {
        HttpURLConnection connection = open(release.location());
        try (InputStream in = connection.getInputStream();
                FileChannel out = FileChannel.open(target, StandardOpenOption.WRITE)) {
            if (connection.getContentLengthLong() > largest) {
                throw tooLarge(release);
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            long size = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                size += read;
                if (size > largest) {
                    throw tooLarge(release);
                }
                if (context.mustStop()) {
                    throw tooLate();
                }
                digest.update(buffer, 0, read);
                for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, read); rest.hasRemaining(); ) {
                    out.write(rest);
                }
            }
            String checksum = HexFormat.of().formatHex(digest.digest());
            if (!checksum.equals(release.checksum())) {
                throw new RejectedException("what " + release.location() + " gave, " + size + " bytes, has the SHA-256 "
                        + checksum + ", and not " + release.checksum());
            }
            out.force(true);
            return size;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } finally {
            connection.disconnect();
        }
    }

    private RejectedException tooLarge(Release release) {
        return new RejectedException("what " + release.location() + " gives has more than " + largest + " bytes");
    }

    /** A connection that has answered 200. */
    private HttpURLConnection open(URI first) throws IOException, RejectedException {
        URI location = first;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpURLConnection connection = connect(location);
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_OK) {
                return connection;
            }
            String next = connection.getHeaderField("Location");
            connection.disconnect();
            if (!REDIRECTS.contains(status) || next == null) {
                throw new RejectedException(location + " answered with status " + status);
            }
            location = follow(location, next);
        }
        throw new RejectedException(first + " leads to more than " + MOST_REDIRECTS + " other places");
    }

    private HttpURLConnection connect(URI location) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) location.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) silence.toMillis());
        return connection;
    }

    /** Where a redirect leads. */
    static URI follow(URI from, String to) throws RejectedException {
        URI next;
        try {
            next = from.resolve(to);
        } catch (IllegalArgumentException e) {
            throw new RejectedException(from + " leads to what is not a URL", e);
        }
        if (!Release.isHttp(next)
                || from.getScheme().equalsIgnoreCase("https")
                        && !next.getScheme().equalsIgnoreCase("https")) {
            throw new RejectedException(from + " leads to " + next + ", which is not followed");
        }
        return next;
    }
}
