package ninja.mig.modules.pkg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.RunContext;

/** Finds installed packages. */
public final class PkgModule implements Module<PkgRequest> {
    private final PackageSources sources;

    public PkgModule() {
        this(PackageSources.ofThisHost());
    }

    PkgModule(PackageSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "pkg";
    }

    @Override
    public String description() {
        return "finds installed packages of dpkg and rpm, and evaluates OVAL definitions";
    }

    @Override
    public PkgRequest bind(JsonNode parameters) throws InvalidParametersException {
        return PkgRequest.bind(parameters);
    }

    @Override
    public ModuleResult run(PkgRequest request, RunContext context) {
        return request.run(sources, context);
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        // The second is the name of 2019.
        for (String list : List.of("matches", "packages")) {
            for (JsonNode match : result.elements().path(list)) {
                String arch = text(match, "arch");
                lines.add("pkgmatch name=" + text(match, "name") + " version=" + text(match, "version") + " type="
                        + text(match, "type") + (arch.isEmpty() ? "" : " arch=" + arch));
            }
        }
        for (JsonNode definition : result.elements().path("ovalresults")) {
            lines.add("ovalresult id=%s title=\"%s\" outcome=%s"
                    .formatted(text(definition, "id"), text(definition, "title"), text(definition, "status")));
        }
        if (!foundOnly) {
            lines.addAll(result.errors());
            statistics(result.statistics()).ifPresent(lines::add);
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static Optional<String> statistics(JsonNode statistics) {
        if (!statistics.path("execruntime").isTextual()) {
            return Optional.empty();
        }
        String line = "Statistics: runtime " + text(statistics, "execruntime");
        // Only results of OVAL definitions have them.
        String parseTime = text(statistics, "ovalparsetime");
        return Optional.of(
                parseTime.isEmpty()
                        ? line
                        : line + ", parsetime " + parseTime + ", defsize "
                                + statistics.path("inputdefinitionsize").asLong());
    }

    private static String text(JsonNode object, String member) {
        return object.path(member).isTextual() ? object.get(member).asText() : "";
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(
                        this,
                        true,
                        "Finds installed packages of dpkg and rpm, or evaluates OVAL definitions.",
                        "example: -name \"^openssl\" -version \"^1\\.0\\.\"",
                        PkgModule::parameters)
                .list("name", "regex", "the name of the package; repeatable: one of them has to match")
                .value("version", "regex", "its version, with epoch and release; a leading ! inverts")
                .value("oval", "file", "instead of a name: the XML file of OVAL definitions")
                .value("concurrency", "number", "accepted, 1 to 10: definitions are evaluated one after the other")
                .toggle("includefalse", "also return definitions that are not true"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return flags().map(flags -> ModuleDialog.of("search> ", flags));
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(PkgParameters.class);
    }

    private static JsonNode parameters(ModuleFlags.Given given) throws InvalidParametersException {
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        String oval = given.value("oval", "");
        if (oval.isEmpty() || !given.list("name").isEmpty()) {
            parameters.putObject("pkgmatch").set("matches", MigJson.toTree(given.list("name")));
        }
        String version = given.value("version", "");
        if (!version.isEmpty()) {
            parameters.put("vermatch", version);
        }
        if (!oval.isEmpty()) {
            parameters.put("ovaldef", OvalFile.pack(oval));
            parameters.put("maxconneval", given.number("concurrency", 1));
            parameters.put("includefalse", given.isOn("includefalse", false));
        } else if (!given.list("concurrency").isEmpty()
                || !given.list("includefalse").isEmpty()) {
            throw new InvalidParametersException("-concurrency and -includefalse need -oval");
        }
        return parameters;
    }
}
