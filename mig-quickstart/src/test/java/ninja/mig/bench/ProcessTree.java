package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A process and its descendants, as {@code /proc} tells of them. */
record ProcessTree(long pid) {
    private static final double TICKS_PER_SECOND = 100;

    /** In {@code stat}, counted from behind the name: utime, stime and, of children that were waited for, cutime, cstime. */
    private static final int UTIME = 11;

    /** Our own process, without the servers and programs that it started. */
    static double ownCpuSeconds() throws IOException {
        return cpuSeconds(ProcessHandle.current().pid(), 2);
    }

    /** Of all that run, and of those that ended and were waited for. */
    double cpuSeconds() throws IOException {
        double sum = 0;
        for (long one : pids()) {
            sum += cpuSeconds(one, 4);
        }
        return sum;
    }

    /** @param name of the signal that all get, such as {@code STOP} */
    void signal(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        pids().forEach(one -> command.add(one.toString()));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + " failed with exit code " + exit);
        }
    }

    private List<Long> pids() {
        return ProcessHandle.of(pid).stream()
                .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static double cpuSeconds(long pid, int times) throws IOException {
        Optional<String> stat = read(pid, "stat");
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.get().substring(stat.get().lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = UTIME; field < UTIME + times; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Of the root alone, without its children. */
    double rootCpuSeconds() throws IOException {
        return cpuSeconds(pid, 2);
    }

    /** Of the root alone. */
    int threads() throws IOException {
        return (int) number("status", "Threads:");
    }

    /** Memory of the root alone in MiB; pages that n processes share count by their n-th part. */
    double proportionalMiB() throws IOException {
        return number("smaps_rollup", "Pss:") / 1024;
    }

    /** Resident memory of the root alone, in MiB. */
    double residentMiB() throws IOException {
        return number("status", "VmRSS:") / 1024;
    }

    /** Its highest value so far. */
    double peakResidentMiB() throws IOException {
        return number("status", "VmHWM:") / 1024;
    }

    /** 0 if the process has ended meanwhile. */
    private double number(String file, String field) throws IOException {
        return read(pid, file).stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(field))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /** Empty if the process has ended meanwhile. */
    private static Optional<String> read(long pid, String file) throws IOException {
        Path path = Path.of("/proc", String.valueOf(pid), file);
        try {
            return Optional.of(Files.readString(path));
        } catch (IOException e) {
            if (Files.exists(path)) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
