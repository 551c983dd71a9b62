package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Privacy;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.Searches;

/** Searches a file system. */
public final class FileModule implements Module<FileParameters> {
    private static final String LABEL = "s1";
    private static final int CLI_DEPTH = 1000;
    private static final int CLI_LIMIT = 1000;
    private static final int CLI_ERRORS = 30;

    /** The flags that are lists, and the keys of a search that they fill. */
    private static final Map<String, String> LISTS = Map.ofEntries(
            Map.entry("path", "paths"),
            Map.entry("name", "names"),
            Map.entry("content", "contents"),
            Map.entry("mode", "modes"),
            Map.entry("size", "sizes"),
            Map.entry("mtime", "mtimes"));

    private static final List<String> HASHES = List.of(
            "md5",
            "sha1",
            "sha2",
            "sha3",
            "sha256",
            "sha384",
            "sha512",
            "sha3_224",
            "sha3_256",
            "sha3_384",
            "sha3_512");

    private final int processors;

    /** As the agent allows it to use the processors. */
    public FileModule() {
        this(Runtime.getRuntime().availableProcessors());
    }

    /** @param processors how many may be used */
    FileModule(int processors) {
        this.processors = processors;
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public String description() {
        return "searches files by name, size, mode, modification time, content and checksums";
    }

    @Override
    public FileParameters bind(JsonNode parameters) throws InvalidParametersException {
        return FileParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(FileParameters parameters, RunContext context) {
        return run(parameters, context, runs -> {});
    }

    /** @param found gets the searches at the end, as they are then */
    ModuleResult run(FileParameters parameters, RunContext context, Consumer<List<SearchRun>> found) {
        Instant started = context.clock().instant();
        ResultBudget budget = new ResultBudget();
        ContentSet together = new ContentSet(parameters.searches());
        List<SearchRun> runs = parameters.searches().stream()
                .map(search -> new SearchRun(search, budget, together))
                .toList();
        Problems problems = new Problems(maxErrors(parameters));
        try (Readers readers = new Readers(context, processors)) {
            FileRun files = new FileRun(readers, problems, context);
            FileResults results = new FileResults(runs, files, problems, started);
            context.partialResult(() -> results.document(context.clock().instant()));
            // A search without any check matches nothing: its paths need no walk.
            new FileWalk(files, new Scouts(readers, context), context)
                    .walk(runs.stream()
                            .filter(r -> !r.search().checks().isEmpty())
                            .toList());
            readers.finish();
            found.accept(runs);
            return results.document(context.clock().instant());
        }
    }

    @Override
    public ModuleResult emptyResult() {
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put("filescount", 0).put("openfailed", 0).put("totalhits", 0).put("exectime", "0s");
        return new ModuleResult(false, false, JsonNodeFactory.instance.objectNode(), statistics, List.of());
    }

    /** The largest of all searches; one without a limit means no limit. */
    private static long maxErrors(FileParameters parameters) {
        long most = 0;
        for (CompiledSearch search : parameters.searches()) {
            long limit = search.received().options().maxErrors();
            if (limit == 0) {
                return 0;
            }
            most = Math.max(most, limit);
        }
        return most;
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        return FilePrinter.print(result, foundOnly);
    }

    /** Files, the folders that were found, and what errors say of both. */
    @Override
    public ModuleResult mask(ModuleResult result) {
        return Privacy.mask(result, FilePrivacy::hide);
    }

    @Override
    public Optional<ModuleFlags> flags() {
        List<String> conditions = Stream.concat(LISTS.keySet().stream(), HASHES.stream())
                .filter(flag -> !flag.equals("path"))
                .sorted()
                .toList();
        return Optional.of(
                searchFlags().needsOneOf(conditions).toggle("verbose", "accepted for the sake of old scripts"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return Optional.of(ModuleDialog.ofSearches(searchFlags(), "-path=/"));
    }

    @Override
    public List<String> keys() {
        return Searches.keys(FileSearch.LISTS, FileSearch.Options.class);
    }

    private ModuleFlags searchFlags() {
        ModuleFlags flags = new ModuleFlags(
                        this,
                        true,
                        "Searches files. All conditions must hold for one file, unless -matchany is given.",
                        "example: -path /etc -name \"^passwd$\" -content \"^root:\"",
                        FileModule::parameters)
                .list("path", "path", "where to search; repeatable, as all conditions")
                .list("name", "regex", "the name of the file, without its folder; a leading ! inverts")
                .list("content", "regex", "a line of the file; a leading ! inverts")
                .list("size", "size", "1024, <10k, >1m: equal, smaller, larger (k m g t)")
                .list("mode", "regex", "type and permissions, such as ^-rwxr-xr-x")
                .list("mtime", "time", "<90d modified in the last 90 days, >1h before (d h m)");
        HASHES.forEach(hash -> flags.list(hash, "digest", hashDescription(hash)));
        return flags.value("maxdepth", "number", "levels of folders, the path itself is the first (default: 1000)")
                .value("matchlimit", "number", "most files found (default: 1000)")
                .value("maxerrors", "number", "most errors returned (default: 30)")
                .toggle("matchall", "all conditions must hold for one file (default: on)")
                .toggle("matchany", "each condition on its own")
                .toggle("macroal", "every content expression must hold on every line")
                .list("mismatch", "filter", "invert: name size mode mtime content md5 sha1 sha2 sha3")
                .toggle("returnsha256", "return the SHA-256 of every file found")
                .toggle("decompress", "look inside gzip files");
    }

    private static String hashDescription(String hash) {
        return switch (hash) {
            case "sha2" -> "a SHA-256, SHA-384 or SHA-512 checksum, by its length";
            case "sha3" -> "a SHA3-224, 256, 384 or 512 checksum, by its length";
            default -> "a checksum, in hexadecimal digits";
        };
    }

    private static JsonNode parameters(ModuleFlags.Given given) throws InvalidParametersException {
        ObjectNode search = JsonNodeFactory.instance.objectNode();
        for (String flag : List.of("path", "content", "name", "size", "mode", "mtime")) {
            if (!given.list(flag).isEmpty()) {
                search.set(LISTS.get(flag), Searches.array(given.list(flag)));
            }
        }
        for (String hash : HASHES) {
            if (!given.list(hash).isEmpty()) {
                search.set(hash, Searches.array(given.list(hash)));
            }
        }
        ObjectNode options = search.putObject("options");
        options.put("maxdepth", given.number("maxdepth", CLI_DEPTH));
        options.put("maxerrors", given.number("maxerrors", CLI_ERRORS));
        options.put("matchall", given.isOn("matchall", true) && !given.isOn("matchany", false));
        options.put("macroal", given.isOn("macroal", false));
        options.set("mismatch", FileSearch.arrayOrNull(given.list("mismatch")));
        options.put("matchlimit", given.number("matchlimit", CLI_LIMIT));
        if (given.isOn("returnsha256", false)) {
            options.put("returnsha256", true);
        }
        if (given.isOn("decompress", false)) {
            options.put("decompress", true);
        }
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        parameters.putObject("searches").set(LABEL, search);
        return parameters;
    }
}
