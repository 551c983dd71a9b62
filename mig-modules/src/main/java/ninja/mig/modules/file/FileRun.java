package ninja.mig.modules.file;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.json.Utf8;
import ninja.mig.modules.RunContext;

/** Evaluates files for the searches that want them. */
final class FileRun {
    /** Files that block, or never end, when they are read. */
    private static final Pattern ENDLESS =
            Pattern.compile("/proc/(kmsg|kcore|acpi/event)|/proc/[0-9]+/task/.*/mem|.*/tracing/.*trace_pipe(_raw)?|"
                    + "/sys/kernel/debug/tracing/trace_pipe");

    private final ContentRead reader;
    private final Problems problems;
    private final Instant now;
    private Optional<PathSet> counted = Optional.empty();
    private volatile long filesCount;

    FileRun(ContentRead reader, Problems problems, RunContext context) {
        this.reader = reader;
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

    /** @param runs the searches whose paths reach this file; those that are full are left out */
    void evaluate(Path file, Attributes attributes, List<SearchRun> runs) {
        List<SearchRun> wanting =
                runs.stream().filter(run -> !run.isFull() && run.isNew(file)).toList();
        if (wanting.isEmpty()) {
            return;
        }
        if (counted.isEmpty() || counted.get().add(file)) {
            filesCount++;
        }
        String name = name(file);
        List<Candidate> candidates = new ArrayList<>();
        for (SearchRun run : wanting) {
            Candidate candidate = new Candidate(run, file, attributes);
            if (candidate.passesAttributes(name, now)) {
                candidates.add(candidate);
            }
        }
        List<ContentRead.Request> requests = new ArrayList<>();
        candidates.forEach(candidate -> candidate.request(name, now).ifPresent(requests::add));
        if (!requests.isEmpty()) {
            if (ENDLESS.matcher(file.toString()).matches()) {
                problems.warning(Problems.display(file) + " skipped");
            } else {
                reader.read(file, requests);
            }
        }
        candidates.forEach(candidate -> candidate.conclude(name, now));
    }

    private static String name(Path file) {
        Path last = file.getFileName();
        if (last == null) {
            return "";
        }
        String text = last.toString();
        if (text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
            return text;
        }
        String whole = Utf8.decode(RawPath.bytes(file));
        return whole.substring(whole.lastIndexOf('/') + 1);
    }

    /** A file under the eyes of one search. */
    private static final class Candidate {
        private final SearchRun run;
        private final CompiledSearch search;
        private final Path file;
        private final Attributes attributes;
        private Optional<ContentRead.Request> request = Optional.empty();

        Candidate(SearchRun run, Path file, Attributes attributes) {
            this.run = run;
            this.search = run.search();
            this.file = file;
            this.attributes = attributes;
        }

        /** The cheap conditions first: most files end here. */
        boolean passesAttributes(String name, Instant now) {
            if (!search.matchAll()) {
                return true;
            }
            for (Check check : search.checks()) {
                if (check instanceof Check.OnAttributes condition && !condition.test(name, attributes, now)) {
                    return false;
                }
            }
            return true;
        }

        /** What has to be read to decide; nothing if all is decided. */
        Optional<ContentRead.Request> request(String name, Instant now) {
            boolean asksContent = search.checks().stream().anyMatch(c -> !(c instanceof Check.OnAttributes));
            boolean wantsDigest = search.received().options().returnSha256()
                    && (search.matchAll()
                            || search.checks().stream()
                                    .anyMatch(c -> c instanceof Check.OnAttributes a && a.test(name, attributes, now)));
            if (asksContent || wantsDigest) {
                request = Optional.of(new ContentRead.Request(search));
            }
            return request;
        }

        void conclude(String name, Instant now) {
            List<Check> checks = search.checks();
            Optional<String> sha256 = search.received().options().returnSha256()
                    ? request.flatMap(ContentRead.Request::sha256)
                    : Optional.empty();
            SearchRun.Match match = new SearchRun.Match(file, attributes, sha256);
            if (search.matchAll()) {
                if (checks.stream().allMatch(check -> holds(check, name, now))) {
                    run.add(0, match);
                }
                return;
            }
            for (int i = 0; i < checks.size(); i++) {
                if (holds(checks.get(i), name, now)) {
                    run.add(i, match);
                }
            }
        }

        private boolean holds(Check check, String name, Instant now) {
            if (check instanceof Check.OnAttributes condition) {
                return condition.test(name, attributes, now);
            }
            return request.orElseThrow().verdict(check) == Verdict.TRUE;
        }
    }
}
