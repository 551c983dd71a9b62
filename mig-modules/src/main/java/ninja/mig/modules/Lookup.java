package ninja.mig.modules;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import ninja.mig.conf.GoDuration;

/** Questions about names of hosts, for whose answers the system may wait as long as it pleases. */
public final class Lookup {
    private Lookup() {}

    /**
     * Waits no longer than it may.
     *
     * @throws IOException {@code no such host}, or {@code no answer in 5s}
     */
    public static <T> T within(Duration limit, Callable<T> question) throws IOException, InterruptedException {
        FutureTask<T> task = new FutureTask<>(question);
        Thread thread = new Thread(task, "lookup");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer in " + GoDuration.format(limit), e);
        } catch (ExecutionException e) {
            throw new IOException("no such host", e);
        }
    }
}
