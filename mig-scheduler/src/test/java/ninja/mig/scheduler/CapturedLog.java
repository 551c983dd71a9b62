package ninja.mig.scheduler;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import ninja.mig.conf.IniFile;
import ninja.mig.log.Logging;
import ninja.mig.log.LoggingConf;

/** What the operators would read. */
final class CapturedLog implements AutoCloseable {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logging logging = Logging.setUp(
            LoggingConf.read(IniFile.parse("test.cfg", "[logging]\nlevel = info\n")),
            Scheduler.NAME,
            new PrintStream(out, true, StandardCharsets.UTF_8));

    String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Whole lines, each from its level on. */
    List<String> lines() {
        return text().lines()
                .map(line -> line.substring(Math.max(0, line.indexOf('['))))
                .toList();
    }

    boolean has(String line) {
        return lines().contains(line);
    }

    @Override
    public void close() {
        logging.close();
    }
}
