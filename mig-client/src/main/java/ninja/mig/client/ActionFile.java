package ninja.mig.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;

/** Reads actions that people write by hand or hand on to a second signer. */
public final class ActionFile {
    private static final int LARGEST = 5 * 1024 * 1024;

    private ActionFile() {}

    /**
     * @param file a path, or {@code -} for standard input
     * @throws MalformedJsonException if it is no action; the message names the file
     */
    public static Action read(String file, InputStream stdin) throws IOException, MalformedJsonException {
        try {
            return MigJson.read(bytes(file, stdin), Action.class);
        } catch (MalformedJsonException e) {
            throw new MalformedJsonException(file + ": " + e.getMessage(), e);
        }
    }

    /** The bytes of a file, or of standard input. */
    public static byte[] bytes(String file, InputStream stdin) throws IOException, MalformedJsonException {
        try (InputStream in = file.equals("-") ? stdin : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new MalformedJsonException("an action has at most " + LARGEST + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }
}
