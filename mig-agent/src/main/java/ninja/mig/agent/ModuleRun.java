package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.model.ModuleMessage;
import ninja.mig.runtime.Routines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of a module: its three streams, each in a thread, so that none can block the agent. What these log has the
 * ids of who started it.
 */
final class ModuleRun implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModuleRun.class);

    private static final int MAX_LOGGED_ERRORS = 64 * 1024;
    private static final Duration READERS_GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final ModuleOutput output;
    private final ExecutorService writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), body -> thread("module-input", body));
    private final List<Thread> readers;
    private boolean outputTaken;
    private boolean gone;

    /** @param output takes what the process writes */
    ModuleRun(Process process, ModuleOutput output) {
        this.process = process;
        this.output = output;
        this.readers = List.of(thread("module-output", this::readOutput), thread("module-errors", this::readErrors));
    }

    private static Thread thread(String name, Runnable body) {
        return Routines.thread(name, LogContext.carry(body));
    }

    /** @param folder where large output is kept */
    static ModuleRun start(ProcessBuilder builder, Path folder) throws IOException {
        ModuleRun run = new ModuleRun(builder.start(), new ModuleOutput(folder));
        run.readers.forEach(Thread::start);
        return run;
    }

    /** Hands the module a line; returns at once, also if the module does not read, or is gone. */
    void send(ModuleMessage message) {
        byte[] json = MigJson.bytes(message);
        try {
            writer.execute(() -> write(json));
        } catch (RejectedExecutionException e) {
            log.debug("the module has ended before it could be told something");
        }
    }

    private void write(byte[] json) {
        try {
            OutputStream in = process.getOutputStream();
            in.write(json);
            in.write('\n');
            in.flush();
        } catch (IOException e) {
            log.debug("the module does not read its input: {}", e.getMessage());
        }
    }

    /** @return false if the process still runs after that time */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Of a process that has ended. */
    int exitStatus() {
        return process.exitValue();
    }

    /** All that the module wrote, once its process has ended. */
    ModuleOutput output() throws InterruptedException {
        for (Thread reader : readers) {
            reader.join(READERS_GRACE.toMillis());
        }
        return output;
    }

    /** As {@link #output()}; who takes it deletes it. */
    ModuleOutput takeOutput() {
        outputTaken = true;
        return output;
    }

    /**
     * Ends the process, if it runs, and all that it started, also what is left of a process that has ended. Once all are
     * gone nothing more is done: their numbers may be those of others.
     */
    synchronized void kill() {
        if (!gone) {
            gone = ProcessSession.kill(process.toHandle());
        }
    }

    @Override
    public void close() {
        kill();
        writer.shutdownNow();
        if (!outputTaken) {
            output.close();
        }
    }

    private void readOutput() {
        byte[] buffer = new byte[8192];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!output.take(buffer, n)) {
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
