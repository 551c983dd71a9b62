package ninja.mig.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.RunContext;

/** A module that behaves as badly as it is told to, by the word in {@code do}. */
public final class ProbeModule implements Module<String> {
    /** {@code mark <file> <line>}: leaves a trace of each run. */
    static final String MARK = "mark ";

    /** {@code until <file>}: waits for it. */
    static final String UNTIL = "until ";

    /** {@code large <bytes>}: finds so many. */
    static final String LARGE = "large ";

    @Override
    public String name() {
        return "probe";
    }

    @Override
    public String description() {
        return "misbehaves";
    }

    @Override
    public String bind(JsonNode parameters) throws InvalidParametersException {
        if (parameters == null || !parameters.path("do").isTextual()) {
            throw new InvalidParametersException("probe: say what to do");
        }
        return parameters.get("do").textValue();
    }

    @Override
    public ModuleResult run(String order, RunContext context) throws Exception {
        if (order.startsWith("record ")) {
            Files.writeString(
                    Path.of(order.substring(7)), "ran\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return found("recorded");
        }
        switch (order) {
            case "describe":
                return described(context);
            case "exit":
                Runtime.getRuntime().halt(3);
                return ModuleResult.EMPTY;
            case "garbage":
                return raw("this is no JSON", 1);
            case "flood":
                return raw("x".repeat(1 << 20), 33);
            case "remark":
                return new ModuleResult(
                        true,
                        true,
                        null,
                        null,
                        List.of("ERROR: stat /t/\u001b[31mred: gone", "warning: half of it", "no more"));
            case "complain":
                System.err.println("x".repeat(200_000));
                return found("complained");
            case "wait":
                context.partialResult(() -> found("partial"));
                while (!context.mustStop()) {
                    Thread.onSpinWait();
                }
                return found("partial");
            case "hoard":
                return hoard(context);
            case "freeze":
                return freeze();
            case "abandon":
                // The shell ends at once, so that the sleeping one has no parent in this process any more.
                new ProcessBuilder("sh", "-c", "sleep 7532 >/dev/null 2>&1 & exit 0")
                        .start()
                        .waitFor();
                return found("abandoned");
            default:
                if (order.startsWith(UNTIL)) {
                    return waited(Path.of(order.substring(UNTIL.length())), context);
                }
                if (order.startsWith(LARGE)) {
                    return large(Integer.parseInt(order.substring(LARGE.length())));
                }
                return order.startsWith(MARK) ? marked(order.split(" ")) : found(order);
        }
    }

    private static ModuleResult marked(String[] order) throws IOException {
        Files.writeString(Path.of(order[1]), order[2] + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return found(order[2]);
    }

    private static ModuleResult waited(Path file, RunContext context) throws InterruptedException {
        while (!Files.exists(file) && !context.mustStop()) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return found(file.getFileName().toString());
    }

    private static ModuleResult large(int bytes) {
        List<String> lines = Collections.nCopies(bytes / 1000, "x".repeat(1000));
        return new ModuleResult(true, true, MigJson.toTree(lines), null, List.of());
    }

    private static ModuleResult hoard(RunContext context) {
        context.partialResult(() -> found("before memory ran out"));
        List<byte[]> taken = new ArrayList<>();
        while (taken.size() < 1 << 20) {
            taken.add(new byte[1 << 20]);
        }
        return found("more memory than there is");
    }

    private static ModuleResult described(RunContext context) {
        Map<String, String> seen = new TreeMap<>(System.getenv());
        seen.put("cwd", System.getProperty("user.dir"));
        seen.put("deadline", context.deadline().map(Object::toString).orElse("none"));
        seen.put("parent", System.getProperty("mig.parent", ""));
        return new ModuleResult(true, true, MigJson.toTree(seen), null, List.of());
    }

    private static ModuleResult found(String what) {
        return new ModuleResult(true, true, MigJson.toTree(Map.of("found", what)), null, List.of());
    }

    private static ModuleResult raw(String text, int times) throws IOException {
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            for (int i = 0; i < times; i++) {
                out.write(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        Runtime.getRuntime().halt(0);
        return ModuleResult.EMPTY;
    }

    /** Starts a process of its own, then stops this one in a way that no thread of it can undo. */
    private static ModuleResult freeze() throws IOException, InterruptedException {
        Process child = new ProcessBuilder("sleep", "7531").start();
        System.err.println("child " + child.pid());
        long self = ProcessHandle.current().pid();
        new ProcessBuilder("sh", "-c", "kill -STOP " + self).start().waitFor();
        return ModuleResult.EMPTY;
    }

    @Override
    public ModuleResult mask(ModuleResult result) {
        return found("masked");
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        return List.of("probe printed");
    }
}
