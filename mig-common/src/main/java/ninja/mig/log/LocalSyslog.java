package ninja.mig.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The syslog of this host: by udp, and from the moment that nobody listens there by {@link LoggerProgram}, if the host has
 * it.
 */
final class LocalSyslog implements Destination {
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final Facility facility;
    private final String tag;
    private final List<Path> places;
    private final Path socket;
    private volatile Destination current;
    private boolean isLogger;
    private Instant looked = Instant.MIN;

    LocalSyslog(LoggingConf conf, String program) {
        this(conf, program, LoggerProgram.PLACES, LoggerProgram.SOCKET);
    }

    /** @param places of the program */
    LocalSyslog(LoggingConf conf, String program, List<Path> places, Path socket) {
        this.facility = conf.facility();
        this.tag = SyslogDestination.tag(program);
        this.places = places;
        this.socket = socket;
        this.current = new SyslogDestination(conf, program);
    }

    @Override
    public void write(Instant time, Severity severity, String line) throws IOException {
        try {
            current.write(time, severity, line);
        } catch (IOException e) {
            if (isLogger || !switched(time)) {
                throw e;
            }
            current.write(time, severity, line);
        }
    }

    /** @return false if the host has no such program; it is looked for again later, since a host may just start */
    private boolean switched(Instant now) throws IOException {
        if (now.isBefore(looked.plus(LOOK_AGAIN)) && !now.isBefore(looked)) {
            return false;
        }
        looked = now;
        Optional<LoggerProgram> program = LoggerProgram.find(places, socket);
        if (program.isPresent()) {
            current.close();
            current = new LoggerDestination(program.get(), facility, tag);
            isLogger = true;
        }
        return isLogger;
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
