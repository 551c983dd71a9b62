package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleMessage;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;

/**
 * A run of one module in this process: one line of JSON on standard input says what to do, one document on standard output
 * says what was found. Every failure is a document too.
 */
public final class ModuleProcess {
    private static final int LONGEST_LINE = 32 * 1024 * 1024;

    /** How long a run that was asked to stop may take before what it has is written for it. */
    private static final Duration STOPPING = Duration.ofSeconds(1);

    /** Reserved, not used up: only what a deep recursion touches becomes memory. */
    private static final long STACK = 32L << 20;

    private static final byte[] NOTHING = {};

    /** What it takes to write a document when memory has run out. */
    private static final int RESERVE = 1 << 20;

    static final String STOPPED = "stopped before completion: results are partial";

    private final InputStream in;
    private final PrintStream out;
    private final boolean readable;
    private final Runnable halt;
    private final boolean ofAnAgent;
    private byte[] reserve = new byte[RESERVE];
    private final AtomicBoolean written = new AtomicBoolean();
    private volatile boolean incomplete;
    private volatile Optional<Module<?>> running = Optional.empty();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param out the document goes here, and nothing else
     * @param readable print lines for people instead of JSON
     * @param halt ends the process at once; called when a run does not come back in time
     */
    public ModuleProcess(InputStream in, PrintStream out, boolean readable, Runnable halt) {
        this(in, out, readable, halt, false);
    }

    /** @param ofAnAgent whether an agent holds the other end of the input, and keeps it open as long as it lives */
    ModuleProcess(InputStream in, PrintStream out, boolean readable, Runnable halt, boolean ofAnAgent) {
        this.in = in;
        this.out = out;
        this.readable = readable;
        this.halt = halt;
        this.ofAnAgent = ofAnAgent;
    }

    /**
     * Runs a module in this process and ends with its document written. Whatever else prints to standard output is sent to
     * standard error.
     *
     * @return 0 if the document was written, also of a failed run: whoever started it reads the document
     */
    public static int main(String name, boolean readable) {
        PrintStream document = System.out;
        System.setOut(System.err);
        String deadline = System.getProperty("mig.deadline", "");
        RunContext context = new RunContext(
                Clock.systemUTC(),
                deadline.matches("[0-9]{1,18}")
                        ? Optional.of(Instant.ofEpochMilli(Long.parseLong(deadline)))
                        : Optional.empty(),
                Boolean.getBoolean("mig.privacy"));
        FileChannel input = new FileInputStream(FileDescriptor.in).getChannel();
        boolean wakes = File.separatorChar == '/'; // Elsewhere to close it would wait for input, too.
        boolean ofAnAgent = !System.getProperty("mig.parent", "").isEmpty();
        ModuleProcess process = new ModuleProcess(
                wakes ? new BufferedInputStream(Channels.newInputStream(input)) : System.in,
                document,
                readable,
                () -> Runtime.getRuntime().halt(0),
                ofAnAgent);
        if (!ofAnAgent) { // An agent says stop when it wants what there is.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> process.interrupted(context), "interrupted"));
        }
        // The main thread's stack is too small for some regular expressions.
        Thread worker = new Thread(null, () -> process.run(name, context), "module-" + name, STACK);
        worker.start();
        try {
            worker.join();
            if (wakes) {
                // A thread that waits for input in the kernel would hold up the end of the JVM for 0.3 s.
                input.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            System.err.println("the input cannot be closed: " + e.getMessage());
        }
        if (document.checkError()) {
            System.err.println("the result could not be written completely");
            return 1;
        }
        return process.written.get() && !process.incomplete ? 0 : 1;
    }

    /** Reads parameters, runs the module, writes one document. */
    public void run(String name, RunContext context) {
        Optional<Module<?>> module = Modules.alone(name);
        if (module.isEmpty()) {
            write(Optional.empty(), ModuleResult.failed("module '" + name + "' is not available"));
            return;
        }
        run(module.get(), context);
    }

    <P> void run(Module<P> module, RunContext context) {
        ModuleResult result;
        try {
            JsonNode parameters = read();
            running = Optional.of(module);
            watch(module, context);
            result = result(module, parameters, context, () -> reserve = NOTHING);
        } catch (RejectedException e) {
            result = failed(module.emptyResult(), e.getMessage());
        } catch (OutOfMemoryError e) {
            reserve = NOTHING;
            result = failed(module.emptyResult(), "out of memory");
        } catch (IOException e) {
            result = failed(module.emptyResult(), "the parameters cannot be read: " + e.getMessage());
        }
        write(Optional.of(module), context.wasToldToStop() ? stopped(result) : result);
        ended.countDown();
    }

    /** Runs a module in this thread, without a protocol. Every failure is a result too. */
    public static <P> ModuleResult result(Module<P> module, JsonNode parameters, RunContext context) {
        return result(module, parameters, context, () -> {});
    }

    /** @param release makes room when memory has run out */
    private static <P> ModuleResult result(
            Module<P> module, JsonNode parameters, RunContext context, Runnable release) {
        try {
            return masked(module, module.run(module.bind(parameters), context), context);
        } catch (RejectedException e) {
            return failed(module.emptyResult(), e.getMessage());
        } catch (OutOfMemoryError e) {
            release.run();
            return failed(soFar(module, context), "out of memory");
        } catch (Exception | Error e) {
            String failure = "module " + module.name() + " failed";
            if (e instanceof IOException problem && !context.privacy()) {
                return failed(soFar(module, context), failure + ": " + Reason.withPath(problem));
            }
            System.err.println(failure);
            e.printStackTrace(System.err);
            return failed(soFar(module, context), failure + ": internal error");
        }
    }

    private static ModuleResult soFar(Module<?> module, RunContext context) {
        return context.partialResult()
                .map(result -> masked(module, result, context))
                .orElse(module.emptyResult());
    }

    private static ModuleResult masked(Module<?> module, ModuleResult result, RunContext context) {
        return context.privacy() ? module.mask(result) : result;
    }

    private JsonNode read() throws IOException, RejectedException {
        byte[] line = line();
        if (line.length == 0) {
            throw new InvalidParametersException(
                    "expected a line {\"class\":\"parameters\",\"parameters\":{...}} on standard input, found nothing");
        }
        ModuleMessage message = message(line);
        if (!message.messageClass().equals(ModuleMessage.PARAMETERS)) {
            throw new InvalidParametersException(
                    "expected a message of class 'parameters', found '" + message.messageClass() + "'");
        }
        return message.parameters();
    }

    private static ModuleMessage message(byte[] line) throws RejectedException {
        try {
            return ModuleLine.read(line);
        } catch (MalformedJsonException e) {
            throw e.endsTooSoon()
                    ? new InvalidParametersException(e.getMessage() + "; the whole document must stand in one line", e)
                    : e;
        }
    }

    /** The next line with its end, if it has one; empty at the end of input. */
    private byte[] line() throws IOException, InvalidParametersException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == '\n') {
                break;
            }
            if (line.size() > LONGEST_LINE) {
                throw new InvalidParametersException(
                        "the line on standard input has more than " + LONGEST_LINE + " bytes");
            }
        }
        return line.toByteArray();
    }

    /** Two threads beside the run: one reads the request to stop, one writes what there is when the run is stuck. */
    private void watch(Module<?> module, RunContext context) {
        daemon("stop-reader", () -> readStop(context));
        daemon("deadline", () -> {
            try {
                awaitEnd(context);
                context.requestStop();
                boolean inTime = ended.await(STOPPING.toNanos(), TimeUnit.NANOSECONDS);
                if (!inTime && write(Optional.of(module), stopped(soFar(module, context)))) {
                    halt.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** A signal ends this process, such as Ctrl-C: what has been found is written before, unless it is being written. */
    private void interrupted(RunContext context) {
        if (running.isEmpty()) {
            return;
        }
        context.requestStop();
        try {
            boolean inTime = ended.await(STOPPING.toNanos(), TimeUnit.NANOSECONDS);
            if (!inTime && !written.get()) {
                write(running, stopped(soFar(running.get(), context)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd(RunContext context) throws InterruptedException {
        if (context.deadline().isEmpty()) {
            stop.await();
            return;
        }
        Duration left = Duration.between(
                        context.clock().instant(), context.deadline().get())
                .minus(STOPPING);
        if (!left.isNegative()) {
            stop.await(left.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void readStop(RunContext context) {
        try {
            for (byte[] line = line(); line.length > 0; line = line()) {
                if (isStop(line)) {
                    context.requestStop();
                    stop.countDown();
                    return;
                }
            }
            // The end of input is no request to stop, unless it means that an agent was killed: nobody reads the
            // results.
            if (ofAnAgent) {
                context.requestStop();
                stop.countDown();
            }
        } catch (ClosedChannelException e) {
            // The run has ended.
        } catch (IOException | InvalidParametersException e) {
            System.err.println("no more messages can be read: " + e.getMessage());
        }
    }

    private static boolean isStop(byte[] line) {
        try {
            return ModuleLine.read(line).messageClass().equals(ModuleMessage.STOP);
        } catch (RejectedException e) {
            System.err.println("a line that is no message was ignored: " + e.getMessage());
            return false;
        }
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static ModuleResult stopped(ModuleResult result) {
        return failed(result, STOPPED);
    }

    private static ModuleResult failed(ModuleResult result, String error) {
        List<String> errors = new ArrayList<>(result.errors());
        errors.add(error);
        return new ModuleResult(result.foundAnything(), false, result.elements(), result.statistics(), errors);
    }

    private static boolean tells(String line, String error) {
        return line.endsWith(Printable.line(error)) || line.equals(Printable.error(error));
    }

    /** Who comes second waits for the first. @return whether this call wrote the document; there is only one */
    private synchronized boolean write(Optional<Module<?>> module, ModuleResult result) {
        if (!written.compareAndSet(false, true)) {
            return false;
        }
        if (readable) {
            List<String> lines =
                    module.isEmpty() ? result.errors() : module.get().print(result, false);
            if (!result.success() && module.isPresent()) {
                result.errors().stream()
                        .filter(error -> lines.stream().noneMatch(line -> tells(line, error)))
                        .map(Printable::line)
                        .forEach(out::println);
            }
            lines.forEach(out::println);
        } else {
            try {
                MigJson.writeTree(out, result.toTree());
            } catch (IOException | Error e) {
                System.err.println("the document could not be written: " + e);
                incomplete = true;
            }
            out.write('\n');
        }
        out.flush();
        return true;
    }
}
