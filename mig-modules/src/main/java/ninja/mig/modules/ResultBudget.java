package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import ninja.mig.json.MigJson;

/** How much a result may still say: agents drop results of more than 26 MiB. Shared by all that a run looks for. */
public final class ResultBudget {
    /** The room of one result, in bytes of JSON. */
    public static final long BYTES = 24L << 20;

    /** Why something was left out. */
    public static final String EXCEEDED = "the result would exceed " + (BYTES >> 20) + " MiB";

    private long left = BYTES;

    /** @return whether there was room for this many bytes of JSON */
    public synchronized boolean take(long bytes) {
        left -= bytes;
        return left >= 0;
    }

    /** What is said of a search for whose matches there was no more room. */
    public static String cut(String label, int matches) {
        return "warning: search '" + label + "' was cut after " + matches + " matches, " + EXCEEDED;
    }

    /** How long a tree is in JSON. */
    public static long jsonLength(JsonNode tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            MigJson.writeTree(out, tree);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written to", e);
        }
        return out.size();
    }

    /** How long a text is in JSON, without its quotes. */
    public static long jsonLength(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        }
        return length;
    }
}
