package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.quickstart.Daemon;

/** The scheduler under test, whose memory is looked at twice a second. */
final class RunningScheduler implements AutoCloseable {
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\(\\d+M\\)");

    private final Daemon daemon;
    private final ProcessTree process;
    private final Path gcLog;
    private final List<Double> resident = new ArrayList<>();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();

    RunningScheduler(Daemon daemon, Path gcLog) {
        this.daemon = daemon;
        this.process = new ProcessTree(daemon.pid());
        this.gcLog = gcLog;
        sampler.scheduleAtFixedRate(this::sample, 0, 500, TimeUnit.MILLISECONDS);
    }

    private synchronized void sample() {
        try {
            resident.add(process.residentMiB());
        } catch (IOException e) {
            throw new IllegalStateException("cannot look at the scheduler's memory", e);
        }
    }

    void requireAlive() throws IOException {
        daemon.requireAlive();
    }

    /** Until it may go on, it does nothing at all. */
    void pause() throws IOException, InterruptedException {
        process.signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        process.signal("CONT");
    }

    double cpuSeconds() throws IOException {
        return process.cpuSeconds();
    }

    /** @return resident memory in MiB twice a second, peak, and what the collector's log says of the heap */
    synchronized Memory memory() throws IOException {
        int highest = 0;
        int live = 0;
        if (Files.exists(gcLog)) {
            Matcher collection = COLLECTION.matcher(Files.readString(gcLog));
            while (collection.find()) {
                highest = Math.max(highest, Integer.parseInt(collection.group(1)));
                live = Integer.parseInt(collection.group(2));
            }
        }
        return new Memory(process.peakResidentMiB(), highest, live, List.copyOf(resident));
    }

    @Override
    public void close() throws IOException {
        sampler.shutdownNow();
        daemon.close();
    }
}
