package ninja.mig.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this agent is, for the life of the process, and the directory where it remembers that. The uid is a secret between
 * the endpoint and the platform: it is drawn once and kept in {@code .migagtid}.
 */
record AgentIdentity(RunDir runDir, QueueLoc queueLoc) {
    private static final Logger log = LoggerFactory.getLogger(AgentIdentity.class);

    /** Where the uid is kept. */
    static final String FILE = ".migagtid";

    private static final int UID_LENGTH = 13;
    private static final String UID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    static final Pattern UID = Pattern.compile("[a-z0-9]{13,200}");

    /**
     * Reads the uid of the endpoint, or draws one at the first start.
     *
     * @param os {@code linux}, {@code darwin} or {@code windows}; the relay admits no other queue
     * @throws RejectedException if system or host name cannot be part of a queue's name
     */
    static AgentIdentity load(RunDir runDir, String os, String hostname) throws IOException, RejectedException {
        String name = name(hostname);
        return of(runDir, os, name, uid(runDir));
    }

    /** As {@link #load}, for who only looks: empty if this endpoint has no uid yet. */
    static Optional<AgentIdentity> known(RunDir runDir, String os, String hostname)
            throws IOException, RejectedException {
        String name = name(hostname);
        Optional<String> uid = read(runDir.file(FILE));
        return uid.isPresent() ? Optional.of(of(runDir, os, name, uid.get())) : Optional.empty();
    }

    private static String name(String hostname) throws RejectedException {
        String name = clean(hostname);
        if (name.isEmpty()) {
            throw new RejectedException("this host has no name: an agent cannot be addressed without one");
        }
        return name;
    }

    private static AgentIdentity of(RunDir runDir, String os, String hostname, String uid) throws RejectedException {
        String name = hostname;
        int room = QueueLoc.MAX_LENGTH - os.length() - uid.length() - 2;
        if (name.length() > room) {
            log.warn(
                    "host name '{}' is too long for the name of a queue, only its first {} characters are used",
                    name,
                    room);
            name = clean(name.substring(0, room));
        }
        return new AgentIdentity(runDir, QueueLoc.parse(os + "." + name + "." + uid));
    }

    private static String clean(String hostname) {
        return hostname.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^\\.+|\\.+$", "");
    }

    private static String uid(RunDir runDir) throws IOException {
        Path file = runDir.file(FILE);
        Optional<String> kept = read(file);
        if (kept.isPresent()) {
            RunDir.setMode(file, "r--------");
            return kept.get();
        }
        String drawn = draw();
        runDir.write(file, drawn.getBytes(StandardCharsets.US_ASCII), "r--------");
        return drawn;
    }

    private static Optional<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
        if (UID.matcher(content).matches()) {
            return Optional.of(content);
        }
        log.warn("{} does not hold an agent id, a new one is drawn: the platform will see a new agent", file);
        return Optional.empty();
    }

    private static String draw() {
        SecureRandom random = new SecureRandom();
        StringBuilder uid = new StringBuilder(UID_LENGTH);
        for (int i = 0; i < UID_LENGTH; i++) {
            uid.append(UID_ALPHABET.charAt(random.nextInt(UID_ALPHABET.length())));
        }
        return uid.toString();
    }

    @Override
    public String toString() {
        return queueLoc.os() + "." + queueLoc.hostname() + ".<id>";
    }
}
