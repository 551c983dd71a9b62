package ninja.mig.agent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Supplier;
import ninja.mig.log.LogThrottle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be asked on the stat socket. Anybody on the host may ask; to stop the agent one must know its id, which only its
 * own user can read. The id and what was given in its place are never repeated, neither in a reply nor in the log.
 */
final class StatCommands {
    static final String SHUTDOWN_REQUESTED = "shutdown requested\n";
    static final String UNKNOWN = "unknown command\n";

    /** Empty lines around it, as the original has them. */
    static final String HELP = """

            Welcome to the MIG agent socket. The commands are:
            pid\treturns the PID of the running agent
            status\treturns the version, the state of the relay and the last commands
            shutdown <id>\tasks the agent to shut down; needs the secret agent id

            """;

    private static final Logger log = LoggerFactory.getLogger(StatCommands.class);

    private final byte[] uid;
    private final Supplier<String> status;
    private final LogThrottle refusals;

    /**
     * A reply.
     *
     * @param text lines, each with its end
     * @param stops whether the agent is to stop, once the reply is on its way
     */
    record Reply(String text, boolean stops) {}

    /**
     * For one agent.
     *
     * @param uid the secret
     * @param status lines about the agent, each with its end
     */
    StatCommands(String uid, Supplier<String> status, Clock clock) {
        this.uid = uid.getBytes(StandardCharsets.US_ASCII);
        this.status = status;
        this.refusals = new LogThrottle(Duration.ofMinutes(1), clock);
    }

    /** @param request one line without its end; hostile */
    Reply answer(String request) {
        String[] fields = request.split(" +", -1);
        switch (fields[0]) {
            case "help":
                return new Reply(HELP, false);
            case "pid":
                return new Reply(ProcessHandle.current().pid() + "\n", false);
            case "status":
                return new Reply(status.get(), false);
            case "shutdown":
                return shutdown(fields);
            default:
                return new Reply(UNKNOWN, false);
        }
    }

    private Reply shutdown(String[] fields) {
        if (fields.length < 2) {
            return new Reply("missing agent id, shutdown refused\n", false);
        }
        byte[] given = fields[1].getBytes(StandardCharsets.UTF_8);
        if (fields.length == 2 && MessageDigest.isEqual(given, uid)) {
            log.info("shutdown requested on the stat socket");
            return new Reply(SHUTDOWN_REQUESTED, true);
        }
        OptionalInt heldBack = refusals.next("");
        if (heldBack.isPresent()) {
            log.warn(
                    "a shutdown with a wrong agent id was refused on the stat socket{}",
                    LogThrottle.more(heldBack.getAsInt()));
        }
        return new Reply("invalid agent id, shutdown refused\n", false);
    }
}
