package ninja.mig.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process of {@link LoggerProgram}, which ends when its input does: with this process, however that ends. One that has
 * ended by itself is started again a minute later at the earliest.
 */
final class LoggerDestination implements Destination {
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final int LAST_LINES_SECONDS = 1;

    private final LoggerProgram program;
    private final Facility facility;
    private final String tag;

    /** Held while a line is written, perhaps to a process that takes none. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile Optional<Process> child = Optional.empty();
    private volatile boolean closed;
    private Instant begun = Instant.MIN;

    LoggerDestination(LoggerProgram program, Facility facility, String tag) {
        this.program = program;
        this.facility = facility;
        this.tag = tag;
    }

    @Override
    public void write(Instant time, Severity severity, String line) throws IOException {
        byte[] text = ("<" + facility.priority(severity) + ">" + line).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, program.longest());
        byte[] bytes = Arrays.copyOf(text, length + 1);
        bytes[length] = '\n';
        writing.lock();
        try {
            OutputStream in = running(time).getOutputStream();
            in.write(bytes);
            in.flush();
        } catch (IOException e) {
            child.ifPresent(Process::destroyForcibly);
            child = Optional.empty();
            throw e;
        } finally {
            writing.unlock();
        }
    }

    private Process running(Instant now) throws IOException {
        if (closed) {
            throw new IOException("the log is closed");
        }
        if (child.isPresent()) {
            if (child.get().isAlive()) {
                return child.get();
            }
            throw new IOException(
                    program.program() + " has ended, with status " + child.get().exitValue());
        }
        if (now.isBefore(begun.plus(RETRY)) && !now.isBefore(begun)) {
            throw new IOException(program.program() + " has ended");
        }
        begun = now;
        Process process = program.start(tag);
        child = Optional.of(process);
        return process;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        if (!writing.tryLock()) { // to close the input of a process that takes nothing would be to wait for it
            child.ifPresent(Process::destroyForcibly);
            return;
        }
        try {
            if (child.isPresent()) {
                end(child.get());
            }
        } finally {
            child = Optional.empty();
            writing.unlock();
        }
    }

    private void end(Process process) throws IOException {
        try {
            process.getOutputStream().close();
            if (process.waitFor(LAST_LINES_SECONDS, TimeUnit.SECONDS) && process.exitValue() != 0) {
                throw new IOException(program.program() + " has ended, with status " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
