package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import ninja.mig.json.JsonOutline;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.CommandStatus;

/**
 * The answer of a command: the command as it came, with another status, and one result per operation. What modules wrote is
 * copied in while the answer is written, and not in memory before.
 */
final class Answer implements RunDir.Content {
    /**
     * Bytes of the results of one command. A message has to be in memory as a whole when it is sent, and the heap of an
     * agent is 64 MiB, of which two thirds can hold something so large.
     */
    static final int MAX_RESULTS = 26 << 20;

    private static final int MAX_DEPTH = 512;

    private final byte[] command;
    private final List<Outcome> outcomes;

    /** @param command an object in JSON, with other members than {@code results} */
    Answer(byte[] command, List<? extends Outcome> outcomes) {
        this.command = command;
        this.outcomes = List.copyOf(outcomes);
    }

    /**
     * The same for an answer that cannot be sent, in a file: without its results, each of which makes way for a reason.
     *
     * @throws MalformedJsonException if the file holds no answer
     */
    static RunDir.Content withoutResults(Path answer, String reason) throws IOException, MalformedJsonException {
        JsonOutline outline = JsonOutline.of(() -> Files.newInputStream(answer), MAX_DEPTH);
        StringWriter kept = new StringWriter();
        for (Map.Entry<String, JsonOutline.Member> member : outline.members().entrySet()) {
            if (!member.getKey().equals("results") && !member.getKey().equals("status")) {
                kept.append(kept.getBuffer().isEmpty() ? "{" : ",")
                        .append(MigJson.text(member.getKey()))
                        .append(':');
                outline.copy(member.getValue().start(), member.getValue().end(), kept);
            }
        }
        int results = outline.member("results").map(JsonOutline.Member::count).orElse(0);
        Outcome failed = new Outcome.Crashed(reason);
        kept.append(kept.getBuffer().isEmpty() ? "{" : ",")
                .append("\"status\":")
                .append(MigJson.text(failed.status().word()))
                .append('}');
        return new Answer(
                kept.toString().getBytes(UTF_8),
                Collections.nCopies(Math.max(1, Math.min(results, Action.MAX_OPERATIONS)), failed));
    }

    CommandStatus status() {
        return Outcome.worst(outcomes);
    }

    @Override
    public long size() {
        return command.length + outcomes.stream().mapToLong(Outcome::size).sum();
    }

    /** Bytes that it takes until it is written. */
    long inMemory() {
        return command.length
                + outcomes.stream()
                        .flatMap(outcome -> outcome.output().stream())
                        .mapToLong(ModuleOutput::inMemory)
                        .sum();
    }

    /** Bytes of files that it takes until it is written. */
    long inFiles() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.output().stream())
                .mapToLong(ModuleOutput::inFile)
                .sum();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(command, 0, command.length - 1);
        String separator = ",\"results\":[";
        for (Outcome outcome : outcomes) {
            out.write(separator.getBytes(US_ASCII));
            outcome.writeTo(out);
            separator = ",";
        }
        out.write("]}".getBytes(US_ASCII));
    }

    /** Deletes what modules wrote. */
    void discard() {
        outcomes.forEach(Outcome::discard);
    }
}
