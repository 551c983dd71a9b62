package ninja.mig.modules.netstat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import ninja.mig.modules.RunContext;

/** Reads text line by line with little memory, however long it is. */
final class Lines {
    /** What stands behind that is left out: no row of a table is as long. */
    private static final int LONGEST = 4096;

    private Lines() {}

    /** Ends early when the run must stop. The last line needs no end. */
    static void each(InputStream in, RunContext context, Consumer<String> each) throws IOException {
        byte[] buffer = new byte[1 << 16];
        byte[] line = new byte[LONGEST];
        int length = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    if (context.mustStop()) {
                        return;
                    }
                    each.accept(text(line, length));
                    length = 0;
                } else if (length < LONGEST) {
                    line[length++] = buffer[i];
                }
            }
            if (context.mustStop()) {
                return;
            }
        }
        if (length > 0) {
            each.accept(text(line, length));
        }
    }

    private static String text(byte[] line, int length) {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }
}
