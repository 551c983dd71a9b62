package ninja.mig.workers;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import ninja.mig.modules.Printable;

/** Prints events as they came, one line each. */
final class PayloadPrinter implements EventHandler {
    private final PrintStream out;
    private final Consumer<String> fail;

    /** @param fail told when nobody takes the output any more */
    PayloadPrinter(PrintStream out, Consumer<String> fail) {
        this.out = out;
        this.fail = fail;
    }

    @Override
    public void handle(byte[] event) throws IOException {
        out.println(Printable.line(new String(event, StandardCharsets.UTF_8)));
        if (out.checkError()) {
            fail.accept("standard output is closed");
            throw new IOException("standard output is closed");
        }
    }
}
