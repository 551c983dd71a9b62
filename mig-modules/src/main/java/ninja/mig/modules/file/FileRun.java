package ninja.mig.modules.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import ninja.mig.modules.RunContext;

/** Evaluates files for the searches that want them. */
final class FileRun {
    /** Files that block, or never end, when they are read. */
    private static final Pattern ENDLESS =
            Pattern.compile("/proc/(kmsg|kcore|acpi/event)|/proc/.*/(mem|pagemap)|.*/tracing/.*trace_pipe(_raw)?");

    /** How their paths end; those of {@code tracing} have a longer end, too. */
    private static final Set<String> NAMES_OF_ENDLESS = Set.of("kmsg", "kcore", "event", "mem", "pagemap");

    private static final byte[] NO_NAME = {};

    private final Readers readers;
    private final Problems problems;
    private final Instant now;
    private Optional<PathSet> counted = Optional.empty();
    private Tally tally = new Tally(List.of());
    private volatile long filesCount;

    FileRun(Readers readers, Problems problems, RunContext context) {
        this.readers = readers;
        this.problems = problems;
        this.now = context.clock().instant();
    }

    /** From now on files may come more than once, and shall be counted once. */
    void expectRepetitions() {
        counted = Optional.of(new PathSet());
    }

    long filesCount() {
        return filesCount;
    }

    /** @param runs the searches on whose way the problem lies; those that are full do not come there */
    void report(List<SearchRun> runs, Problems.Problem problem) {
        readers.inOrder(() -> {
            if (runs.stream().anyMatch(run -> !run.isFull())) {
                problems.add(problem);
            }
        });
    }

    /** @param runs the searches whose paths reach this file; those that are full are left out */
    void evaluate(Path file, Look look, List<SearchRun> runs) {
        List<SearchRun> wanting = wanting(file, runs);
        if (wanting.isEmpty()) {
            return;
        }
        List<Candidate> candidates = List.of();
        try {
            byte[] name = asksName(wanting) ? RawPath.name(file) : NO_NAME;
            for (SearchRun run : wanting) {
                if (passesAttributes(run, name, look)) {
                    candidates = candidates.isEmpty() ? new ArrayList<>() : candidates;
                    candidates.add(new Candidate(run, file, name, look, now));
                }
            }
        } catch (UncheckedIOException e) {
            report(runs, Problems.notOpened("stat", file, e.getCause()));
            return;
        }
        if (!candidates.isEmpty()) {
            examine(file, look, wanting, candidates);
        } else {
            countInOrder(file, wanting);
        }
    }

    private static boolean asksName(List<SearchRun> runs) {
        for (SearchRun run : runs) {
            if (run.asksName()) {
                return true;
            }
        }
        return false;
    }

    private void countInOrder(Path file, List<SearchRun> wanting) {
        if (readers.isIdle()) {
            count(file, wanting);
        } else if (counted.isPresent()) {
            readers.inOrder(() -> count(file, wanting));
        } else if (tally.wanting == wanting && readers.isLast(tally)) {
            tally.files++;
        } else {
            tally = new Tally(wanting);
            readers.inOrder(tally);
        }
    }

    /** Counts files that follow each other, none of which anything is known of but that it counts. */
    private final class Tally implements Runnable {
        private final List<SearchRun> wanting;
        private long files = 1;

        Tally(List<SearchRun> wanting) {
            this.wanting = wanting;
        }

        @Override
        public void run() {
            if (wanting.stream().anyMatch(run -> !run.isFull())) {
                filesCount += files;
            }
        }
    }

    /** Counts a file whose name excludes it from all these searches. */
    void passOver(Path file, List<SearchRun> runs) {
        countInOrder(file, wanting(file, runs));
    }

    private static List<SearchRun> wanting(Path file, List<SearchRun> runs) {
        for (int i = 0; i < runs.size(); i++) {
            if (!runs.get(i).wants(file)) {
                List<SearchRun> some = new ArrayList<>(runs.subList(0, i));
                runs.stream().skip(i + 1).filter(run -> run.wants(file)).forEach(some::add);
                return some;
            }
        }
        return runs;
    }

    /** The cheap conditions first: most files end here. */
    private boolean passesAttributes(SearchRun run, byte[] name, Look look) {
        if (!run.search().matchAll()) {
            if (run.asksMode()) {
                look.mode();
            }
            return true;
        }
        for (Check.OnAttributes condition : run.onAttributes()) {
            if (!condition.test(name, look, now)) {
                return false;
            }
        }
        return true;
    }

    private void examine(Path file, Look look, List<SearchRun> wanting, List<Candidate> candidates) {
        List<ContentRead.Request> requests = new ArrayList<>(candidates.size());
        candidates.forEach(candidate -> candidate.request().ifPresent(requests::add));
        if (requests.isEmpty()) {
            readers.inOrder(() -> conclude(file, wanting, candidates, List.of()));
        } else if (isEndless(file, look.followedLinks())) {
            Problems.Problem skipped = Problems.warning(Problems.display(file) + " skipped");
            readers.inOrder(() -> conclude(file, wanting, candidates, List.of(skipped)));
        } else {
            readers.read(
                    file,
                    look.size(),
                    look.followedLinks(),
                    requests,
                    found -> conclude(file, wanting, candidates, found));
        }
    }

    /** Everything is known of the file, and of all that came before it. */
    private void conclude(
            Path file, List<SearchRun> wanting, List<Candidate> candidates, List<Problems.Problem> found) {
        count(file, wanting);
        if (!found.isEmpty() && candidates.stream().anyMatch(candidate -> !candidate.run.isFull())) {
            found.forEach(problems::add);
        }
        for (Candidate candidate : candidates) {
            candidate.conclude();
        }
    }

    private void count(Path file, List<SearchRun> wanting) {
        for (SearchRun run : wanting) {
            if (!run.isFull()) {
                if (counted.isEmpty() || counted.get().add(RawPath.text(file))) {
                    filesCount++;
                }
                return;
            }
        }
    }

    /** What they say of their sizes differs; a link may lead to them, or a path that begins elsewhere. */
    static boolean isEndless(Path file, boolean isLink) {
        String text = file.toString();
        String name = text.substring(text.lastIndexOf('/') + 1);
        if (!isLink && !NAMES_OF_ENDLESS.contains(name) && !name.startsWith("trace_pipe")) {
            return false;
        }
        String real;
        try {
            real = file.toRealPath().toString();
        } catch (IOException e) {
            real = text; // It is gone, or cannot be reached: the reading will say so.
        }
        return ENDLESS.matcher(real).matches();
    }

    /** A file under the eyes of one search. */
    private static final class Candidate {
        private final SearchRun run;
        private final Path file;
        private final byte[] name;
        private final Look look;
        private final Instant now;
        private Optional<ContentRead.Request> request = Optional.empty();

        Candidate(SearchRun run, Path file, byte[] name, Look look, Instant now) {
            this.run = run;
            this.file = file;
            this.name = name;
            this.look = look;
            this.now = now;
        }

        /** What has to be read to decide; nothing if all is decided. */
        Optional<ContentRead.Request> request() {
            boolean wantsDigest = run.search().received().options().returnSha256()
                    && (run.search().matchAll()
                            || run.onAttributes().stream().anyMatch(condition -> condition.test(name, look, now)));
            if (!run.contents().isEmpty() || !run.hashes().isEmpty() || wantsDigest) {
                request = Optional.of(new ContentRead.Request(run));
            }
            return request;
        }

        void conclude() {
            Map<String, byte[]> digests =
                    request.map(ContentRead.Request::digests).orElse(Map.of());
            if (run.search().matchAll()) {
                switch (onContent(digests)) {
                    case TRUE -> run.add(0, match());
                    case UNKNOWN -> run.leaveUnknown();
                    case FALSE -> {}
                }
                return;
            }
            List<Check> checks = run.search().checks();
            int content = 0;
            for (int i = 0; i < checks.size(); i++) {
                boolean holds;
                if (checks.get(i) instanceof Check.OnAttributes condition) {
                    holds = condition.test(name, look, now);
                } else if (checks.get(i) instanceof Check.Content) {
                    holds = holds(content++);
                } else {
                    break; // Checksums are the last.
                }
                if (holds) {
                    run.add(i, match());
                }
            }
            for (int i : run.hashes().thatHold(digests)) {
                run.add(i, match());
            }
        }

        private boolean holds(int content) {
            return request.orElseThrow().verdict(content) == Verdict.TRUE;
        }

        /** All checks that need what is in the file. */
        private Verdict onContent(Map<String, byte[]> digests) {
            Verdict all = Verdict.TRUE;
            for (int i = 0; i < run.contents().size() && all != Verdict.FALSE; i++) {
                all = all.and(request.orElseThrow().verdict(i));
            }
            return all == Verdict.FALSE ? all : all.and(run.hashes().allHold(digests));
        }

        private SearchRun.Match match() {
            Optional<String> sha256 = run.search().received().options().returnSha256()
                    ? request.flatMap(ContentRead.Request::sha256)
                    : Optional.empty();
            return new SearchRun.Match(file, look.attributes(), sha256);
        }
    }
}
