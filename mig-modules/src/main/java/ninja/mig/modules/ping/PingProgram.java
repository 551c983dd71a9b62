package ninja.mig.modules.ping;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ninja.mig.modules.Addresses;
import ninja.mig.modules.Printable;

/** The system's own program, with fixed arguments and bounds on what it prints and how long it takes. */
final class PingProgram {
    /** Where systems have it; never the search path, which belongs to whoever started the process. */
    private static final List<Path> PLACES = Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
            .flatMap(folder -> Stream.of(folder + "/ping", folder + "/ping6"))
            .map(Path::of)
            .toList();

    private static final int LONGEST_OUTPUT = 64 * 1024;
    private static final int LONGEST_REASON = 200;

    /** What starting the program may take beyond the time limit of the attempt. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Pattern TIME = Pattern.compile("[=<] ?([0-9]{1,7}(?:\\.[0-9]{1,9})?) ?ms");
    private static final Pattern UNREACHABLE =
            Pattern.compile("(?i)unreachable|filtered|prohibited|no route|(network|host) is down");

    /** What BSD's program says, and ends with a status that elsewhere is that of a failure. */
    private static final Pattern SILENCE = Pattern.compile("\\b0 packets received\\b");

    private static final Pattern FORBIDDEN =
            Pattern.compile("(?i)not permitted|permission denied|privilege|cap_net_raw");

    /** The systems, whose programs differ in their arguments. */
    private enum Kind {
        WINDOWS,
        DARWIN,
        OTHER
    }

    private final Path file;
    private final Kind kind;

    private PingProgram(Path file, Kind kind) {
        this.file = file;
        this.kind = kind;
    }

    /** What this machine has: absolute paths, in order of preference. */
    static List<Path> places() {
        if (kind(System.getProperty("os.name", "")) != Kind.WINDOWS) {
            return PLACES;
        }
        String root = System.getenv().getOrDefault("SystemRoot", "C:\\Windows");
        return List.of(Path.of(root, "System32", "ping.exe"));
    }

    private static Kind kind(String os) {
        String name = os.toLowerCase(Locale.ROOT);
        return name.startsWith("windows") ? Kind.WINDOWS : name.startsWith("mac") ? Kind.DARWIN : Kind.OTHER;
    }

    /**
     * The first of some programs that can ask an address: for IPv6 one that is made for it, if there is one.
     *
     * @param os the name of this system, as Java has it
     */
    static Optional<PingProgram> among(List<Path> places, InetAddress target, String os) {
        boolean six = target.getAddress().length > 4;
        return Stream.concat(
                        places.stream().filter(place -> six && isForSix(place)),
                        places.stream().filter(place -> !isForSix(place)))
                .filter(place -> place.isAbsolute() && Files.isRegularFile(place) && Files.isExecutable(place))
                .findFirst()
                .map(place -> new PingProgram(place, kind(os)));
    }

    private static boolean isForSix(Path place) {
        return place.getFileName().toString().startsWith("ping6");
    }

    /** What it is started with. */
    List<String> command(InetAddress target, Duration limit) {
        String millis = Long.toString(limit.toMillis());
        String seconds = Long.toString(limit.plusMillis(999).toSeconds());
        List<String> command = new ArrayList<>(List.of(file.toString()));
        switch (kind) {
            case WINDOWS -> command.addAll(List.of("-n", "1", "-w", millis));
            case DARWIN ->
                command.addAll(isForSix(file) ? List.of("-n", "-c", "1") : List.of("-n", "-c", "1", "-W", millis));
            default -> command.addAll(List.of("-n", "-c", "1", "-W", seconds));
        }
        command.add(Addresses.text(target));
        return command;
    }

    /**
     * Asks once.
     *
     * @return nothing if this user must not send what the program sends
     * @throws IOException if the program cannot be started
     */
    Optional<Answer> ask(InetAddress target, Duration limit) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(target, limit)).redirectErrorStream(true);
        if (kind != Kind.WINDOWS) {
            builder.environment().clear();
            builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        }
        builder.environment().put("LC_ALL", "C");
        long begin = System.nanoTime();
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            Thread reader = new Thread(() -> read(process, printed), "ping-output");
            reader.setDaemon(true);
            reader.start();
            if (!process.waitFor(limit.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.of(Answer.timedOut());
            }
            double millis = Answer.millisSince(begin);
            // Something that it started and left behind may keep the output open.
            reader.join(GRACE.toMillis());
            return answer(process.exitValue(), printed.toString(StandardCharsets.ISO_8859_1), millis, limit);
        } finally {
            kill(process);
        }
    }

    /** All that it prints, up to the bound: an echo is a few lines. */
    private static void read(Process process, ByteArrayOutputStream printed) {
        byte[] some = new byte[4096];
        try (InputStream out = process.getInputStream()) {
            for (int n = out.read(some); n >= 0; n = out.read(some)) {
                printed.write(some, 0, n);
                if (printed.size() > LONGEST_OUTPUT) {
                    kill(process);
                    return;
                }
            }
        } catch (IOException e) {
            System.err.println("the output of ping ended: " + e.getMessage());
        }
    }

    private Optional<Answer> answer(int status, String output, double millis, Duration limit) {
        if (output.length() > LONGEST_OUTPUT) {
            return Optional.of(Answer.failed(file + " printed more than " + LONGEST_OUTPUT + " bytes"));
        }
        if (status == 0) {
            return Optional.of(success(output, millis, limit));
        }
        if (UNREACHABLE.matcher(output).find()) {
            return Optional.of(Answer.unreachable());
        }
        // Before what its status says: that of busybox is the same as for silence.
        if (FORBIDDEN.matcher(output).find()) {
            return Optional.empty();
        }
        boolean silence = status == 1 || status == 2 && SILENCE.matcher(output).find();
        return Optional.of(
                silence
                        ? Answer.timedOut()
                        : Answer.failed(file + " ended with status " + status + ": " + firstLine(output)));
    }

    /** The program's own time, unless that cannot be. */
    private Answer success(String output, double millis, Duration limit) {
        Matcher time = TIME.matcher(output);
        if (!time.find()) {
            return kind == Kind.WINDOWS
                    ? Answer.unreachable()
                    : Answer.after(millis).with(file + " told no time; that of the whole program is given");
        }
        double own = Math.min(millis, Double.parseDouble(time.group(1)));
        return own > limit.toMillis() ? Answer.timedOut() : Answer.after(own);
    }

    private static String firstLine(String output) {
        String line = output.lines().filter(l -> !l.isBlank()).findFirst().orElse("it said nothing");
        String start = line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "...";
        return Printable.line(start.strip());
    }

    /** With whatever it started, which may hold its output open. */
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
