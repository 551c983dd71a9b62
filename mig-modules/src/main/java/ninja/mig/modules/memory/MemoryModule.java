package ninja.mig.modules.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Privacy;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.Searches;

/** Searches processes. */
public final class MemoryModule implements Module<MemoryParameters> {
    private static final String LABEL = "s1";
    private static final Path PROC = Path.of("/proc");

    private final Supplier<Processes> host;
    private final Set<Long> own;
    private final Duration patience;

    /** For the processes of this host. */
    public MemoryModule() {
        this(
                () -> Files.exists(PROC.resolve("self/maps")) ? new ProcFs(PROC) : new HandleProcesses(),
                new HashSet<>(List.of(ProcessHandle.current().pid(), Long.getLong("mig.parent", 0))),
                Examination.PATIENCE);
    }

    /**
     * @param own processes whose memory holds what is looked for, because they look for it
     * @param patience how long the kernel may take for an answer about a process
     */
    MemoryModule(Supplier<Processes> host, Set<Long> own, Duration patience) {
        this.host = host;
        this.own = own;
        this.patience = patience;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String description() {
        return "searches processes by executable, libraries and what their memory holds";
    }

    @Override
    public MemoryParameters bind(JsonNode parameters) throws InvalidParametersException {
        return MemoryParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(MemoryParameters parameters, RunContext context) throws IOException {
        Instant started = context.clock().instant();
        Processes processes = host.get();
        ResultBudget budget = new ResultBudget();
        List<SearchRun> all = parameters.searches().stream()
                .map(search -> new SearchRun(search, budget))
                .toList();
        List<String> errors = new ArrayList<>();
        List<SearchRun> possible = new ArrayList<>();
        for (SearchRun run : all) {
            if (run.search().checks().isEmpty()) {
                continue; // it matches nothing
            }
            if (processes.showMemory() || !run.search().needsMoreThanNames()) {
                possible.add(run);
            } else {
                errors.add("ERROR: search '" + run.search().label()
                        + "': libraries, contents and bytes are not supported on this system");
            }
        }
        Remarks failures = new Remarks("failures");
        MemoryRun run = new MemoryRun(processes, possible, failures, context, own);
        MemoryResults results = new MemoryResults(all, run, failures, started);
        context.partialResult(() -> results.document(context.clock().instant(), List.of()));
        if (!possible.isEmpty() && !examine(processes.pids(), run, failures, context)) {
            errors.add("ERROR: " + Examination.MOST_LEFT + " processes do not answer, the rest was not examined");
        }
        return results.document(context.clock().instant(), errors);
    }

    /** @return whether all processes were examined, or could be if there were time */
    private boolean examine(List<Long> pids, MemoryRun run, Remarks failures, RunContext context) throws IOException {
        Examination examination =
                new Examination(context, patience, pid -> failures.add("process " + pid + " does not answer"));
        try {
            return !examination.run(pids, run::examiner);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public ModuleResult emptyResult() {
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics
                .put("processcount", 0)
                .put("memoryread", 0)
                .put("totalhits", 0)
                .put("exectime", "0s");
        return new ModuleResult(false, false, JsonNodeFactory.instance.objectNode(), statistics, List.of());
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        return MemoryPrinter.print(result, foundOnly);
    }

    /** Executables, and what failures and errors say of processes. */
    @Override
    public ModuleResult mask(ModuleResult result) {
        if (result.statistics().path("failures") instanceof ArrayNode failures) {
            for (int i = 0; i < failures.size(); i++) {
                failures.set(i, Privacy.MASKED);
            }
        }
        return Privacy.mask(result, MemoryModule::hide);
    }

    private static void hide(JsonNode entry) {
        if (entry.path("process") instanceof ObjectNode process
                && !process.path("name").asText("").isEmpty()) {
            process.put("name", Privacy.MASKED);
        }
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(searchFlags()
                .needsOneOf(List.of("name", "lib", "content", "bytes"))
                .value("maxdepth", "number", "the old spelling of -offset")
                .value("matchlimit", "number", "the old spelling of -maxlength"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return Optional.of(ModuleDialog.ofSearches(searchFlags()));
    }

    @Override
    public List<String> keys() {
        return Searches.keys(MemorySearch.LISTS, MemorySearch.Options.class);
    }

    private ModuleFlags searchFlags() {
        return new ModuleFlags(
                        this,
                        true,
                        "Searches processes. All conditions must hold for one process, unless -matchany is given.",
                        "example: -name \"/postgres$\" -content \"secret[0-9]{4}\"",
                        MemoryModule::parameters)
                .list("name", "regex", "path of the executable; repeatable, as all conditions")
                .list("lib", "regex", "path of a mapped file, such as a library")
                .list("content", "regex", "what memory holds, as text")
                .list("bytes", "hex", "what memory holds, two hexadecimal digits for each byte")
                .value("offset", "number", "first address that is searched, such as 0x7f0000000000 (default: 0)")
                .value("maxlength", "number", "bytes that are searched of each process (default: 0, all)")
                .toggle("matchall", "all conditions must hold for one process (default: on)")
                .toggle("matchany", "each condition on its own")
                .toggle("logfailures", "tell where memory could not be read");
    }

    private static JsonNode parameters(ModuleFlags.Given given) throws InvalidParametersException {
        MemorySearch.Options options = new MemorySearch.Options(
                given.address(spelling(given, "offset", "maxdepth"), 0),
                given.number(spelling(given, "maxlength", "matchlimit"), 0),
                given.isOn("logfailures", false),
                given.isOn("matchall", true) && !given.isOn("matchany", false));
        Map<String, List<String>> lists = new LinkedHashMap<>();
        lists.put("names", given.list("name"));
        lists.put("libraries", given.list("lib"));
        lists.put("bytes", given.list("bytes"));
        lists.put("contents", given.list("content"));
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        parameters.putObject("searches").set(LABEL, new MemorySearch("", lists, options, List.of()).json());
        return parameters;
    }

    private static String spelling(ModuleFlags.Given given, String flag, String oldFlag) {
        return given.list(flag).isEmpty() ? oldFlag : flag;
    }
}
