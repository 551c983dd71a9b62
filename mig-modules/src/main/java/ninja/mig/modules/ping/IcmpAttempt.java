package ninja.mig.modules.ping;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Reason;

/**
 * An echo request: by the system's program, since Java has no sockets for it; where there is none, or where this user may
 * not, by what Java does instead.
 */
record IcmpAttempt(InetAddress target, Duration limit, Optional<PingProgram> program) implements Attempt {
    @Override
    public Answer make() throws InterruptedException {
        if (program.isEmpty()) {
            return instead("this host has no program ping");
        }
        try {
            Optional<Answer> answer = program.get().ask(target, limit);
            return answer.isPresent() ? answer.get() : instead("the program ping must not send here");
        } catch (IOException e) {
            return instead("the program ping does not run: " + Printable.line(Reason.of(e)));
        }
    }

    private Answer instead(String reason) {
        String note = reason + ", Java asked: by ICMP as root, else by TCP port 7";
        long begin = System.nanoTime();
        try {
            boolean there = target.isReachable(Math.toIntExact(limit.toMillis()));
            return (there ? Answer.since(begin) : Answer.timedOut()).with(note);
        } catch (IOException e) {
            return Answer.failed(Printable.line(Reason.of(e))).with(note);
        }
    }
}
