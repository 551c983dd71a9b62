package ninja.mig.modules.sshkey;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import ninja.mig.modules.RunContext;

/**
 * The keys of whom a file lets in. Servers read it to its end, so that nobody hides a key behind much else: it is read line by
 * line.
 */
final class AuthorizedKeys {
    /** In bytes; a block more may be read. */
    static final int LARGEST = 64 << 20;

    /** In bytes; no longer line is taken for a key. */
    private static final int LONGEST_LINE = 1 << 20;

    private static final int BLOCK = 64 * 1024;

    private final String path;
    private final RunContext context;
    private final Consumer<SshKey> keys;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean cut;
    private int unreadable;

    private AuthorizedKeys(String path, RunContext context, Consumer<SshKey> keys) {
        this.path = path;
        this.context = context;
        this.keys = keys;
    }

    /** Whether servers look for keys in files of this name. */
    static boolean isNameOf(String path) {
        String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        return name.equals("authorized_keys") || name.equals("authorized_keys2");
    }

    /** @return what could not be read, if there is any */
    static Optional<String> read(String path, InputStream in, RunContext context, Consumer<SshKey> keys)
            throws IOException {
        return new AuthorizedKeys(path, context, keys).read(in);
    }

    private Optional<String> read(InputStream in) throws IOException {
        byte[] block = new byte[BLOCK];
        long size = 0;
        int read = in.read(block);
        while (read >= 0 && size < LARGEST && !context.mustStop()) {
            for (int i = 0; i < read; i++) {
                take(block[i]);
            }
            size += read;
            read = in.read(block);
        }
        endOfLine();
        List<String> remarks = new ArrayList<>();
        if (size >= LARGEST && read >= 0) {
            remarks.add("it is larger than " + (LARGEST >> 20) + " MiB, the rest was not read");
        }
        if (unreadable > 0) {
            remarks.add(unreadable + " of its lines are no SSH key");
        }
        return remarks.isEmpty()
                ? Optional.empty()
                : Optional.of("warning: " + path + ": " + String.join("; ", remarks));
    }

    private void take(byte next) {
        if (next == '\n') {
            endOfLine();
        } else if (line.size() >= LONGEST_LINE) {
            cut = true;
        } else if (line.size() > 0 || next != ' ' && next != '\t') {
            line.write(next);
        }
    }

    private void endOfLine() {
        String text = line.toString(StandardCharsets.ISO_8859_1).strip();
        if (!text.isEmpty() && !text.startsWith("#")) {
            Optional<byte[]> half = cut ? Optional.empty() : key(text);
            half.ifPresent(found -> keys.accept(SshKey.of(found, path, SshKey.AUTHORIZED)));
            unreadable += half.isPresent() ? 0 : 1;
        }
        line.reset();
        cut = false;
    }

    private static Optional<byte[]> key(String line) {
        return SshBlob.ofLine(line)
                .or(() -> SshBlob.ofLine(line.substring(endOfOptions(line)).strip()));
    }

    /** Options have no blanks, except between quotes; a backslash takes a quote its meaning. */
    private static int endOfOptions(String line) {
        boolean quoted = false;
        int i = 0;
        while (i < line.length() && (quoted || line.charAt(i) != ' ' && line.charAt(i) != '\t')) {
            if (line.startsWith("\\\"", i)) {
                i++;
            } else if (line.charAt(i) == '"') {
                quoted = !quoted;
            }
            i++;
        }
        return Math.min(i, line.length());
    }
}
