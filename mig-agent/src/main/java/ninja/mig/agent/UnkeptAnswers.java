package ninja.mig.agent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.model.MigId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers that could not be written to the disk, until there is room for them. Each takes memory, and the disk that is full
 * perhaps, with the files of what its modules wrote; both are limited.
 */
final class UnkeptAnswers {
    private static final Logger log = LoggerFactory.getLogger(UnkeptAnswers.class);

    private final long maxMemory;
    private final long maxFiles;
    private final Map<MigId, Answer> answers = new LinkedHashMap<>();

    /** For 8 MiB in memory, and 64 MiB in files. */
    UnkeptAnswers() {
        this(8 << 20, 64 << 20);
    }

    /**
     * @param maxMemory bytes of all answers
     * @param maxFiles bytes of all that modules wrote to files
     */
    UnkeptAnswers(long maxMemory, long maxFiles) {
        this.maxMemory = maxMemory;
        this.maxFiles = maxFiles;
    }

    /** Tries to keep an answer. */
    @FunctionalInterface
    interface Attempt {
        void keep(MigId command, Answer answer) throws IOException;
    }

    /** @return false if there is no room for the answer: it is lost then */
    synchronized boolean take(MigId command, Answer answer) {
        long memory = answer.inMemory();
        long files = answer.inFiles();
        for (Answer other : answers.values()) {
            memory += other.inMemory();
            files += other.inFiles();
        }
        boolean hasRoom = memory <= maxMemory && files <= maxFiles;
        if (hasRoom) {
            answers.put(command, answer);
        }
        return hasRoom;
    }

    synchronized boolean has(MigId command) {
        return answers.containsKey(command);
    }

    /** Tries each again, and forgets those that are kept now. The small ones first: there may be room for them. */
    synchronized void retry(Attempt attempt) {
        List<MigId> left = new ArrayList<>();
        Optional<Exception> reason = Optional.empty();
        for (Map.Entry<MigId, Answer> entry : bySize()) {
            MigId command = entry.getKey();
            try {
                attempt.keep(command, entry.getValue());
                answers.remove(command);
                log.info("the results of command {} are kept now", command);
            } catch (IOException | RuntimeException e) {
                left.add(command);
                reason = Optional.of(e);
            }
        }
        reason.ifPresent(e -> log.error("the results of commands {} still cannot be kept: {}", left, e.toString()));
    }

    private List<Map.Entry<MigId, Answer>> bySize() {
        return answers.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(entry -> entry.getValue().size()))
                .toList();
    }

    /** At the end of the process. */
    synchronized void giveUp() {
        if (!answers.isEmpty()) {
            log.error("the results of commands {} are lost", answers.keySet());
            answers.values().forEach(Answer::discard);
            answers.clear();
        }
    }
}
