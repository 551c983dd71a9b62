package ninja.mig.quickstart;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import ninja.mig.client.Colours;
import ninja.mig.runtime.Closer;
import ninja.mig.runtime.Tty;
import ninja.mig.runtime.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code quickstart}. */
@Command(
        name = "quickstart",
        versionProvider = Main.OwnVersion.class,
        description = {
            "Starts a whole MIG platform on this machine, launches a first investigation and prints its result.",
            "It runs until Ctrl-C and leaves nothing behind."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:everything worked", "1:something did not start or did not answer", "2:wrong usage"})
public final class Main implements Callable<Integer> {
    /** More than every part needs to stop. */
    private static final long STOP_LIMIT_SECONDS = 150;

    @Option(names = "--exit", description = "stop after the first result")
    private boolean exit;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "keep everything in this directory, and go on with what is there")
    private Path keep;

    @Spec
    private CommandSpec spec;

    private OptionalInt port = OptionalInt.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "where the API listens, on 127.0.0.1 (default: 12345, or any free one if that is in use)")
    private void setPort(int number) {
        if (number < 1 || number > 65535) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--port is " + number + ", expected a number from 1 to 65535");
        }
        port = OptionalInt.of(number);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this and exit")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version and exit")
    private boolean version;

    private Main() {}

    static final class OwnVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {Version.of(Main.class)};
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public Integer call() {
        Report report = new Report(System.out, Tty.STDOUT.hasColours() ? Colours.ON : Colours.OFF);
        Quickstart quickstart = new Quickstart(Optional.ofNullable(keep), port, exit, report, Clock.systemUTC());
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        closeOnSignal(Thread.currentThread(), interrupted, closed);
        Closer closer = new Closer();
        int status = 0;
        try {
            quickstart.run(closer, interrupted);
        } catch (Exception e) {
            status = interrupted.getCount() == 0 ? status : fail(e);
        }
        // A signal's interruption has done its work; closing must not be cut short by it.
        Thread.interrupted();
        try {
            closer.close();
        } catch (Exception e) {
            status = fail(e);
        }
        closed.countDown();
        return status;
    }

    /** Ctrl-C and SIGTERM end what is going on, and the JVM waits until everything is stopped and deleted. */
    private static void closeOnSignal(Thread working, CountDownLatch interrupted, CountDownLatch closed) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (closed.getCount() == 0) {
                                return;
                            }
                            interrupted.countDown();
                            working.interrupt();
                            try {
                                closed.await(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop on signal"));
    }

    private static int fail(Exception failure) {
        System.err.println();
        System.err.println("quickstart failed: " + failure.getMessage());
        if (!(failure instanceof java.io.IOException)) {
            failure.printStackTrace();
        }
        return 1;
    }
}
