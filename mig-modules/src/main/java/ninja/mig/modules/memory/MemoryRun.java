package ninja.mig.modules.memory;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import ninja.mig.modules.Reason;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.memory.Examination.Kernel;

/** Examines processes for all searches of a run. */
final class MemoryRun {
    private final Processes processes;
    private final List<SearchRun> runs;
    private final Remarks failures;
    private final RunContext context;
    private final Set<Long> own;
    private final AtomicLong processCount = new AtomicLong();
    private final AtomicLong memoryRead = new AtomicLong();

    /** @param own processes that hold in their memory what is looked for */
    MemoryRun(Processes processes, List<SearchRun> runs, Remarks failures, RunContext context, Set<Long> own) {
        this.processes = processes;
        this.runs = runs;
        this.failures = failures;
        this.context = context;
        this.own = own;
    }

    long processCount() {
        return processCount.get();
    }

    /** In bytes. */
    long memoryRead() {
        return memoryRead.get();
    }

    /** For one thread. */
    Examination.Examiner examiner() {
        MemoryWalk walk = new MemoryWalk(context);
        return (pid, kernel) -> examine(pid, kernel, walk);
    }

    private void examine(long pid, Kernel kernel, MemoryWalk walk) {
        try {
            Optional<Processes.Subject> opened = kernel.ask(() -> processes.open(pid));
            if (opened.isPresent()) {
                try (Processes.Subject process = opened.get()) {
                    examine(pid, process, kernel, walk);
                }
            }
        } catch (IOException e) {
            failures.add(Reason.withPath(e));
        }
    }

    private void examine(long pid, Processes.Subject process, Kernel kernel, MemoryWalk walk) throws IOException {
        try {
            String name = kernel.ask(process::name);
            processCount.incrementAndGet();
            List<Candidate> candidates = runs.stream()
                    .map(run -> new Candidate(run, name, pid, kernel))
                    .toList();
            candidates.forEach(Candidate::testName);
            List<Candidate> ofLibraries =
                    candidates.stream().filter(Candidate::awaitsLibraries).toList();
            if (!ofLibraries.isEmpty()) {
                testLibraries(process, ofLibraries, kernel);
            }
            List<Candidate> ofMemory =
                    candidates.stream().filter(Candidate::awaitsMemory).toList();
            if (!ofMemory.isEmpty() && !own.contains(pid)) {
                walk(pid, process, ofMemory, kernel, walk);
            }
        } catch (IOException e) {
            if (!process.hasEnded()) {
                failures.add("read process " + pid + ": " + Reason.of(e));
            }
        }
    }

    private void testLibraries(Processes.Subject process, List<Candidate> candidates, Kernel kernel)
            throws IOException {
        String last = "";
        try (Maps maps = kernel.ask(process::maps)) {
            Optional<Mapping> next = kernel.ask(maps::next);
            // Threads of the kernel have neither maps nor an executable.
            String executable = next.isEmpty() ? "" : kernel.ask(process::executable);
            while (next.isPresent() && !context.mustStop()) {
                String path = next.get().name();
                if (!path.equals(last) && next.get().isLibrary(executable)) {
                    candidates.forEach(candidate -> candidate.testLibrary(path));
                    last = path; // most files are mapped in several parts, one after the other
                }
                next = kernel.ask(maps::next);
            }
        }
        candidates.forEach(candidate -> candidate.settle(Check.Library.class));
    }

    private void walk(long pid, Processes.Subject process, List<Candidate> candidates, Kernel kernel, MemoryWalk walk)
            throws IOException {
        boolean logs =
                candidates.stream().anyMatch(candidate -> candidate.options().logFailures());
        MemoryScan scan = new MemoryScan(candidates, context);
        memoryRead.addAndGet(walk.walk(process, scan, kernel, new MemoryWalk.Unread() {
            @Override
            public void at(long address, String reason) {
                if (logs) {
                    failures.add("read memory of process " + pid + " at " + Long.toHexString(address) + ": " + reason);
                }
            }

            @Override
            public void givenUp(long from, long end, int pages) {
                failures.add("read memory of process " + pid + ": left out " + Long.toHexString(from) + "-"
                        + Long.toHexString(end) + ", since " + pages + " pages of that mapping cannot be read");
            }
        }));
    }
}
