package ninja.mig.modules.pkg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Reason;

/** A file of OVAL definitions on an investigator's machine, made fit for an action. */
final class OvalFile {
    /** In bytes, packed; an action has to have room for it. */
    private static final int LARGEST_PACKED = 3 << 20;

    private static final int BUFFER = 64 * 1024;

    private OvalFile() {}

    /** @return base64 of gzip of the file */
    static String pack(String file) throws InvalidParametersException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (InputStream in = Files.newInputStream(Path.of(file));
                GZIPOutputStream out = new GZIPOutputStream(packed)) {
            byte[] buffer = new byte[BUFFER];
            long size = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                size += n;
                if (size > OvalReader.LARGEST || packed.size() > LARGEST_PACKED) {
                    throw new InvalidParametersException(file + " is too large: more than " + (OvalReader.LARGEST >> 20)
                            + " MiB, or " + (LARGEST_PACKED >> 20) + " MiB when it is packed");
                }
            }
        } catch (IOException e) {
            throw new InvalidParametersException(file + " cannot be read: " + Reason.of(e), e);
        } catch (InvalidPathException e) {
            throw new InvalidParametersException(file + " is no path on this system", e);
        }
        return Base64.getEncoder().encodeToString(packed.toByteArray());
    }
}
