package ninja.mig.workers;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A document of MozDef. The names of its members are MozDef's.
 *
 * @param hostname the machine that the event comes from, as are its process and program
 * @param details what the category demands
 */
record MozDefEvent(
        Instant timestamp,
        String category,
        String hostname,
        long processid,
        String processname,
        String severity,
        String source,
        String summary,
        List<String> tags,
        Object details) {

    /** Who makes events. */
    record Sender(String hostname, long pid, String program) {
        /** This process, working as the named worker. */
        static Sender of(String worker) {
            return new Sender(thisHost(), ProcessHandle.current().pid(), worker);
        }

        private static String thisHost() {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            } catch (IOException e) {
                return InetAddress.getLoopbackAddress().getHostName(); // no Linux: it is only for reading
            }
        }
    }

    static MozDefEvent of(Sender sender, Instant time, String category, String tag, String summary, Object details) {
        return new MozDefEvent(
                time,
                category,
                sender.hostname(),
                sender.pid(),
                sender.program(),
                "INFO",
                "mig",
                summary,
                List.of("mig", tag),
                details);
    }
}
