package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.json.JsonOutline;
import ninja.mig.json.JsonOutline.Kind;
import ninja.mig.json.JsonOutline.Member;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one process of a module wrote: the first bytes in memory, more of them in a file, so that the agent has room for
 * results that are larger than its memory. When the process has ended, its document is checked as a stream, and then copied
 * into the answer of its command.
 */
final class ModuleOutput implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ModuleOutput.class);

    /** How the files end. */
    static final String SUFFIX = ".output";

    /** As much as an answer may hold. */
    static final int MAX = Answer.MAX_RESULTS;

    private static final int IN_MEMORY = 16 * 1024;

    /** A result lies some levels deep in its answer, which must be readable. */
    private static final int DEPTH = 500;

    private static final Map<String, Set<Kind>> MEMBERS = Map.of(
            "foundanything", Set.of(Kind.BOOLEAN, Kind.NULL),
            "success", Set.of(Kind.BOOLEAN, Kind.NULL),
            "elements", Set.of(Kind.values()),
            "statistics", Set.of(Kind.values()),
            "errors", Set.of(Kind.ARRAY, Kind.NULL));

    private final Path folder;
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private OutputStream out = memory;
    private Optional<Path> file = Optional.empty();
    private long size;
    private Optional<String> problem = Optional.empty();
    private boolean ended;
    private Optional<JsonOutline> document = Optional.empty();

    /** @param folder for a file, if there must be one; whoever finds it there without a living process may delete it */
    ModuleOutput(Path folder) {
        this.folder = folder;
    }

    /** @return whether more of it can be taken */
    synchronized boolean take(byte[] bytes, int length) {
        if (ended || problem.isPresent()) {
            return false;
        }
        size += length;
        if (size > MAX) {
            problem = Optional.of("result too large: more than " + (MAX >> 20) + " MiB");
            return false;
        }
        try {
            if (file.isEmpty() && size > IN_MEMORY) {
                beginFile();
            }
            out.write(bytes, 0, length);
        } catch (IOException e) {
            problem = Optional.of("its result cannot be kept: " + e.getMessage());
        }
        return problem.isEmpty();
    }

    private void beginFile() throws IOException {
        Path made = Files.createTempFile(folder, "", SUFFIX); // for its owner alone
        file = Optional.of(made);
        out = Files.newOutputStream(made);
        memory.writeTo(out);
        memory.reset();
    }

    /** Takes no more, and says why there is no document, if that is known already. */
    synchronized Optional<String> end() {
        ended = true;
        try {
            out.close();
        } catch (IOException e) {
            problem = problem.or(() -> Optional.of("its result cannot be kept: " + e.getMessage()));
        }
        return problem;
    }

    /**
     * Looks whether there is one document, after the end.
     *
     * @throws MalformedJsonException if there is none; the message says what is wrong with it
     */
    synchronized void check() throws IOException, MalformedJsonException {
        JsonOutline found = JsonOutline.of(this::text, DEPTH);
        for (Map.Entry<String, Set<Kind>> allowed : MEMBERS.entrySet()) {
            String name = allowed.getKey();
            if (found.member(name)
                    .filter(m -> !allowed.getValue().contains(m.kind()))
                    .isPresent()) {
                throw new MalformedJsonException("member '" + name + "' is neither "
                        + allowed.getValue().stream()
                                .sorted()
                                .map(kind -> kind.name().toLowerCase(java.util.Locale.ROOT))
                                .collect(Collectors.joining(" nor ")));
            }
        }
        if (found.member("errors")
                .filter(m -> !Set.of(Kind.STRING).containsAll(m.kinds()))
                .isPresent()) {
            throw new MalformedJsonException("member 'errors' holds something else than strings");
        }
        document = Optional.of(found);
    }

    private InputStream text() throws IOException {
        return file.isPresent() ? Files.newInputStream(file.get()) : new ByteArrayInputStream(memory.toByteArray());
    }

    /** Bytes of its document. */
    synchronized long size() {
        return size;
    }

    /** Bytes of it that are in memory. */
    synchronized int inMemory() {
        return memory.size();
    }

    /** Bytes of it that are in a file. */
    synchronized long inFile() {
        return size - memory.size();
    }

    /**
     * Writes the document, after it was checked: the members of a result, as the module wrote them.
     *
     * @param remarks which go to its errors
     */
    synchronized void writeTo(OutputStream answer, List<String> remarks) throws IOException {
        JsonOutline found = document.orElseThrow();
        Writer text = new BufferedWriter(new OutputStreamWriter(answer, UTF_8));
        String separator = "{";
        for (String name : List.of("foundanything", "success", "elements", "statistics")) {
            text.append(separator).append('"').append(name).append("\":");
            copy(found, name, text);
            separator = ",";
        }
        text.append(",\"errors\":");
        if (remarks.isEmpty()) {
            copy(found, "errors", text);
        } else {
            Optional<Member> errors = found.member("errors").filter(m -> m.count() > 0);
            if (errors.isPresent()) {
                found.copy(errors.get().start(), errors.get().end() - 1, text);
            }
            String added = MigJson.text(remarks);
            text.append(errors.isPresent() ? "," : "[").append(added, 1, added.length());
        }
        text.append('}').flush();
    }

    private static void copy(JsonOutline found, String name, Writer text) throws IOException {
        Optional<Member> member = found.member(name);
        if (member.isPresent()) {
            found.copy(member.get().start(), member.get().end(), text);
        } else {
            text.append(name.equals("foundanything") || name.equals("success") ? "false" : "null");
        }
    }

    /** Deletes it. */
    @Override
    public void close() {
        end();
        try {
            if (file.isPresent()) {
                Files.deleteIfExists(file.get());
            }
        } catch (IOException e) {
            log.warn("{} cannot be deleted now: {}", file.get(), e.toString());
        }
    }
}
