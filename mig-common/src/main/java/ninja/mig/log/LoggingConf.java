package ninja.mig.log;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.conf.IniFile;

/**
 * Where log lines go.
 *
 * @param file set in mode {@code FILE}
 * @param host of a syslog server; empty for this host's own syslog
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
     * {@code facility}, by default local3, and {@code host}, {@code port}, {@code protocol}. Without all of these it is this
     * host's own syslog; if some are given, the others are localhost, 514, udp. Problems are left to the file.
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
        return read(ini, usualFileSize, System.getProperty("os.name").startsWith("Windows"));
    }

    static LoggingConf read(IniFile ini, long usualFileSize, boolean onWindows) {
        Mode mode = Mode.valueOf(ini.word("logging", "mode", "stdout", "stdout", "file", "syslog")
                .toUpperCase(Locale.ROOT));
        Optional<Path> file = ini.absolutePath("logging", "file");
        if (mode == Mode.FILE && file.isEmpty()) {
            ini.problem("logging", "file", "is missing, mode 'file' needs it");
        }
        if (mode == Mode.SYSLOG && onWindows) {
            ini.problem(
                    "logging", "mode", "is 'syslog', and nothing here writes to the event log of Windows: use 'file'");
        }
        boolean isLocal = Stream.of("host", "port", "protocol")
                .allMatch(key -> ini.optional("logging", key).isEmpty());
        return new LoggingConf(
                mode,
                level(ini),
                file,
                isLocal ? "" : ini.optional("logging", "host").orElse("localhost"),
                ini.integer("logging", "port", 514, 1, 65535),
                ini.word("logging", "protocol", "udp", "udp", "tcp").equals("tcp"),
                Facility.valueOf(ini.word("logging", "facility", "local3", Facility.words())
                        .toUpperCase(Locale.ROOT)),
                ini.longInteger("logging", "maxfilesize", usualFileSize, 0, Long.MAX_VALUE / 2));
    }

    /** Whether syslog is that of this host, however it is reached: {@link LocalSyslog}. */
    public boolean isLocal() {
        return host.isEmpty();
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
