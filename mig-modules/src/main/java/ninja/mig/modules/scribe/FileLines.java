package ninja.mig.modules.scribe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import ninja.mig.json.Utf8;
import ninja.mig.modules.Reason;
import ninja.mig.modules.file.FileLookup;

/** The lines of a file, one at a time. */
final class FileLines {
    /** In bytes; of longer lines the rest is left out. */
    static final int LONGEST = 1024 * 1024;

    private static final int BUFFER = 64 * 1024;

    /** Takes one line after the other. */
    interface Taker {
        /** @return whether more are wanted */
        boolean take(String line);
    }

    /** @return whether all lines were read that were wanted; else a problem says why not */
    boolean read(Path file, Facts facts, Taker lines) {
        try (InputStream in = new BufferedInputStream(FileLookup.open(file), BUFFER)) {
            if (read(in, facts, lines)) {
                facts.problems()
                        .accept("warning: " + FileLookup.text(file) + " has lines of more than " + LONGEST
                                + " bytes, of which the rest was left out");
            }
            return true;
        } catch (IOException e) {
            facts.problems().accept("ERROR: read " + FileLookup.text(file) + ": " + Reason.of(e));
            return false;
        }
    }

    /** @return whether a line was cut */
    private static boolean read(InputStream in, Facts facts, Taker lines) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean cut = false;
        long bytes = 0;
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (bytes++ % BUFFER == 0 && facts.context().mustStop()) {
                return cut;
            }
            if (b == '\n') {
                if (!lines.take(text(line))) {
                    return cut;
                }
                line.reset();
            } else if (line.size() < LONGEST) {
                line.write(b);
            } else {
                cut = true;
            }
        }
        if (line.size() > 0) {
            lines.take(text(line));
        }
        return cut;
    }

    private static String text(ByteArrayOutputStream line) {
        byte[] bytes = line.toByteArray();
        int end = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return Utf8.decode(bytes, 0, end);
    }
}
