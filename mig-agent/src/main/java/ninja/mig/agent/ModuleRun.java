package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One process of a module: its three streams, each in a thread, so that none can block the agent. */
final class ModuleRun implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModuleRun.class);

    static final int MAX_OUTPUT = 32 << 20;
    private static final int MAX_LOGGED_ERRORS = 64 * 1024;
    private static final Duration READERS_GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ExecutorService writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), body -> Routines.thread("module-input", body));
    private final List<Thread> readers;
    private volatile boolean outputTooLarge;

    private ModuleRun(Process process) {
        this.process = process;
        this.readers = List.of(
                Routines.thread("module-output", this::readOutput), Routines.thread("module-errors", this::readErrors));
    }

    static ModuleRun start(ProcessBuilder builder) throws IOException {
        ModuleRun run = new ModuleRun(builder.start());
        run.readers.forEach(Thread::start);
        return run;
    }

    /** Hands the module a line; returns at once, also if the module does not read. */
    void send(ModuleMessage message) {
        byte[] json = MigJson.bytes(message);
        writer.execute(() -> {
            try {
                OutputStream in = process.getOutputStream();
                in.write(json);
                in.write('\n');
                in.flush();
            } catch (IOException e) {
                log.debug("the module does not read its input: {}", e.getMessage());
            }
        });
    }

    /** @return false if the process still runs after that time */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    int exitStatus() throws InterruptedException {
        return process.waitFor();
    }

    boolean outputTooLarge() {
        return outputTooLarge;
    }

    /** What the module wrote, once its process has ended. */
    byte[] output() throws InterruptedException {
        for (Thread reader : readers) {
            reader.join(READERS_GRACE.toMillis());
        }
        synchronized (output) {
            return output.toByteArray();
        }
    }

    /** Ends the process, if it runs, and all that it started, also what is left of a process that has ended. */
    void kill() {
        ProcessSession.kill(process.toHandle());
    }

    @Override
    public void close() {
        kill();
        writer.shutdownNow();
    }

    private void readOutput() {
        byte[] buffer = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (output) {
                    output.write(buffer, 0, n);
                    outputTooLarge = output.size() > MAX_OUTPUT;
                }
                if (outputTooLarge) {
                    kill();
                    return;
                }
            }
        } catch (IOException e) {
            log.debug("the module's output ended: {}", e.getMessage());
        }
    }

    private void readErrors() {
        try (InputStream in = process.getErrorStream()) {
            byte[] first = in.readNBytes(MAX_LOGGED_ERRORS);
            in.transferTo(OutputStream.nullOutputStream());
            if (first.length > 0) {
                log.debug("a module wrote: {}", new String(first, StandardCharsets.UTF_8).strip());
            }
        } catch (IOException e) {
            log.debug("the module's errors ended: {}", e.getMessage());
        }
    }
}
