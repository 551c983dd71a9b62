package ninja.mig.scheduler;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import ninja.mig.model.QueueLoc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queuelocs that may register and answer: a file of one entry a line, each a queueloc or {@code re:} and an expression
 * that the whole queueloc must match. The file may change at any time and is looked at no more than once a second. While
 * it cannot be read the last good content counts; before there was any, nobody is authorized.
 */
final class Whitelist {
    private static final Logger log = LoggerFactory.getLogger(Whitelist.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final String EXPRESSION = "re:";

    /** Whoever has credentials may make up queuelocs: their number is bounded. */
    private static final int MOST_DECIDED = 100_000;

    /** What tells one content of the file from another. */
    private record Version(long size, Instant modified, Object fileKey) {
        static Version of(Path file) throws IOException {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(a.size(), a.lastModifiedTime().toInstant(), String.valueOf(a.fileKey()));
        }
    }

    /** One content of the file, and what its expressions have said of the queuelocs that were asked for. */
    private static final class Entries {
        final Set<String> queueLocs;
        final List<Pattern> expressions;
        private final Map<String, Boolean> decided = new ConcurrentHashMap<>();

        Entries(Set<String> queueLocs, List<Pattern> expressions) {
            this.queueLocs = queueLocs;
            this.expressions = expressions;
        }

        boolean match(String queueLoc) {
            return queueLocs.contains(queueLoc) || !expressions.isEmpty() && matchExpression(queueLoc);
        }

        private boolean matchExpression(String queueLoc) {
            Boolean known = decided.get(queueLoc);
            if (known != null) {
                return known;
            }
            boolean match =
                    expressions.stream().anyMatch(e -> e.matcher(queueLoc).matches());
            if (decided.size() >= MOST_DECIDED) {
                decided.clear();
            }
            decided.put(queueLoc, match);
            return match;
        }
    }

    private final Optional<Path> file;
    private final Clock clock;
    private Optional<Version> version = Optional.empty();
    private Entries entries = new Entries(Set.of(), List.of());
    private Instant lookAgain = Instant.MIN;
    private String lastFailure = "";

    /** @param file empty to authorize everybody */
    Whitelist(Optional<Path> file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    boolean authorizes(QueueLoc queueLoc) {
        return file.isEmpty() || current(file.get()).match(queueLoc.toString());
    }

    private synchronized Entries current(Path path) {
        Instant now = clock.instant();
        if (!now.isBefore(lookAgain)) {
            lookAgain = now.plus(LOOK_EVERY);
            look(path);
        }
        return entries;
    }

    private void look(Path path) {
        try {
            Version present = Version.of(path);
            if (version.filter(present::equals).isEmpty()) {
                entries = parse(path, Files.readAllLines(path, StandardCharsets.ISO_8859_1));
                version = Optional.of(present);
                log.info(
                        "whitelist {} has {} queuelocs and {} expressions",
                        path,
                        entries.queueLocs.size(),
                        entries.expressions.size());
            }
            lastFailure = "";
        } catch (IOException e) {
            if (!e.toString().equals(lastFailure)) {
                String consequence = version.isPresent() ? "its last content stays in force" : "nobody is authorized";
                log.error("whitelist {} cannot be read, {}: {}", path, consequence, e.toString());
            }
            lastFailure = e.toString();
        }
    }

    private static Entries parse(Path path, List<String> lines) {
        Set<String> queueLocs = new HashSet<>();
        List<Pattern> expressions = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).stripTrailing();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(EXPRESSION)) {
                compile(path, i + 1, line.substring(EXPRESSION.length())).ifPresent(expressions::add);
            } else {
                queueLocs.add(line);
            }
        }
        return new Entries(Set.copyOf(queueLocs), List.copyOf(expressions));
    }

    private static Optional<Pattern> compile(Path path, int line, String expression) {
        if (expression.isEmpty()) {
            log.error("line {} of whitelist {} is ignored: there is no expression after re:", line, path);
            return Optional.empty();
        }
        try {
            return Optional.of(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            log.error("line {} of whitelist {} is ignored: {}", line, path, e.getMessage());
            return Optional.empty();
        }
    }
}
