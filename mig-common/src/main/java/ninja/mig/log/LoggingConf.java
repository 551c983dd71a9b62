package ninja.mig.log;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import ninja.mig.conf.IniFile;

/**
 * Where log lines go.
 *
 * @param file set in mode {@code FILE}
 * @param maxFileSize bytes after which a file is put aside; 0 for never
 */
public record LoggingConf(
        Mode mode,
        Severity level,
        Optional<Path> file,
        String host,
        int port,
        boolean tcp,
        Facility facility,
        long maxFileSize) {

    /** Kind of destination. */
    public enum Mode {
        /** The stream that the program names. */
        STDOUT,
        FILE,
        SYSLOG
    }

    /** To the stream that the program names, for those without a configuration. */
    public static LoggingConf toStream(Severity level) {
        return new LoggingConf(Mode.STDOUT, level, Optional.empty(), "localhost", 514, false, Facility.LOCAL3, 0);
    }

    /**
     * Reads section {@code [logging]}: {@code mode}, {@code level}, {@code file}, {@code maxfilesize}, and for syslog
     * {@code host}, {@code port}, {@code protocol}, {@code facility}, which are udp to port 514 of this machine as local3
     * if they are left out. Problems are left to the file.
     */
    public static LoggingConf read(IniFile ini) {
        return read(ini, 0);
    }

    /**
     * As {@link #read(IniFile)}.
     *
     * @param usualFileSize {@code maxfilesize} if it is left out
     */
    public static LoggingConf read(IniFile ini, long usualFileSize) {
        Mode mode = Mode.valueOf(ini.word("logging", "mode", "stdout", "stdout", "file", "syslog")
                .toUpperCase(Locale.ROOT));
        Optional<Path> file = ini.absolutePath("logging", "file");
        if (mode == Mode.FILE && file.isEmpty()) {
            ini.problem("logging", "file", "is missing, mode 'file' needs it");
        }
        return new LoggingConf(
                mode,
                level(ini),
                file,
                ini.optional("logging", "host").orElse("localhost"),
                ini.integer("logging", "port", 514, 1, 65535),
                ini.word("logging", "protocol", "udp", "udp", "tcp").equals("tcp"),
                Facility.valueOf(ini.word("logging", "facility", "local3", Facility.words())
                        .toUpperCase(Locale.ROOT)),
                ini.longInteger("logging", "maxfilesize", usualFileSize, 0, Long.MAX_VALUE / 2));
    }

    private static Severity level(IniFile ini) {
        String text = ini.string("logging", "level", "info");
        return Severity.parse(text).orElseGet(() -> {
            ini.problem(
                    "logging",
                    "level",
                    "is '" + text + "', expected one of emerg, alert, crit, err, warning, notice, info, debug");
            return Severity.INFO;
        });
    }
}
