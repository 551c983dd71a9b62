package ninja.mig.modules;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import ninja.mig.json.Utf8;

/**
 * A program of the host that prints lines. It is run without a shell, a terminal or the environment of this process, for a
 * limited time. What it prints is taken line by line and never as a whole; what it complains of goes to standard error.
 */
public final class HostProgram {
    /** In bytes; longer lines are left out. */
    static final int LONGEST_LINE = 64 * 1024;

    /** In bytes. */
    static final long MOST = 16L << 20;

    /** An empty input. */
    private static final File NOTHING = new File(File.separatorChar == '/' ? "/dev/null" : "NUL");

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final String FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path program;
    private final List<String> arguments;
    private final Duration limit;

    /** @param limit how long it may take */
    public HostProgram(Path program, List<String> arguments, Duration limit) {
        this.program = program;
        this.arguments = arguments;
        this.limit = limit;
    }

    /**
     * Runs it once, and ends it when the run of the module has to end.
     *
     * @param lines is called in another thread, and no more once this method has returned
     * @return what went wrong, for people; what was printed until then has been handed over
     */
    public Optional<String> run(RunContext context, Consumer<String> lines) {
        Process process;
        try {
            process = start();
        } catch (IOException e) {
            return Optional.of("ERROR: " + program + " cannot be run: " + Reason.of(e));
        }
        Lines reader = new Lines(process.getInputStream(), lines);
        Thread thread = new Thread(reader, "output of " + program.getFileName());
        thread.setDaemon(true);
        thread.start();
        try {
            return await(process, reader, context);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("ERROR: " + program + " was interrupted");
        } finally {
            reader.stop();
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(NOTHING)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(Map.of("LC_ALL", "C", "COLUMNS", "500", "PATH", FOLDERS, "HOME", "/"));
        return builder.start();
    }

    private Optional<String> await(Process process, Lines reader, RunContext context) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        boolean ended = false;
        while (!ended) {
            if (context.mustStop()) {
                return Optional.empty();
            }
            if (System.nanoTime() - end > 0) {
                return Optional.of("ERROR: " + program + " took longer than " + limit.toSeconds() + " s");
            }
            ended = reader.ended.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)
                    && (!reader.isWhole() || process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        }
        if (!reader.isWhole()) {
            return Optional.of("ERROR: " + program + ": " + reader.problem);
        }
        if (process.exitValue() != 0) {
            return Optional.of("ERROR: " + program + " ended with exit status " + process.exitValue());
        }
        return reader.leftOut == 0
                ? Optional.empty()
                : Optional.of("warning: " + program + " printed " + reader.leftOut + " lines of more than "
                        + LONGEST_LINE + " bytes, which were left out");
    }

    /** Cuts a stream into lines. */
    private static final class Lines implements Runnable {
        private final CountDownLatch ended = new CountDownLatch(1);
        private final InputStream in;
        private final Consumer<String> lines;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private boolean tooLong;
        private boolean stopped;
        private volatile String problem = "its output was not read to the end";
        private volatile long leftOut;

        Lines(InputStream in, Consumer<String> lines) {
            this.in = in;
            this.lines = lines;
        }

        /** Whether all was read. */
        boolean isWhole() {
            return problem.isEmpty();
        }

        synchronized void stop() {
            stopped = true;
        }

        @Override
        public void run() {
            try (in) {
                problem = read();
            } catch (IOException e) {
                problem = "reading its output: " + Reason.of(e);
            } finally {
                ended.countDown();
            }
        }

        /** @return why the rest was not read; empty if all was */
        private String read() throws IOException {
            byte[] buffer = new byte[LONGEST_LINE];
            long bytes = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes += n;
                if (bytes > MOST) {
                    return "printed more than " + (MOST >> 20) + " MiB, the rest was left out";
                }
                int start = 0;
                for (int i = 0; i < n; i++) {
                    if (buffer[i] == '\n') {
                        take(buffer, start, i);
                        if (!end()) {
                            return "stopped";
                        }
                        start = i + 1;
                    }
                }
                take(buffer, start, n);
            }
            if (tooLong || line.size() > 0) {
                end();
            }
            return "";
        }

        private void take(byte[] buffer, int from, int end) {
            tooLong |= line.size() + end - from > LONGEST_LINE;
            if (!tooLong) {
                line.write(buffer, from, end - from);
            }
        }

        /** A line is over. @return whether more are wanted */
        private synchronized boolean end() {
            if (tooLong) {
                leftOut++;
            } else if (!stopped) {
                lines.accept(Utf8.decode(line.toByteArray()));
            }
            line.reset();
            tooLong = false;
            return !stopped;
        }
    }
}
