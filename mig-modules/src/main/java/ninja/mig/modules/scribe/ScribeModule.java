package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.ModuleDialog;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Privacy;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.pkg.PackageSources;

/** Checks policies. */
public final class ScribeModule implements Module<Policy> {
    /** In bytes. */
    private static final int LARGEST_DOCUMENT = 4 << 20;

    private final PackageSources packages;

    public ScribeModule() {
        this(PackageSources.ofThisHost());
    }

    ScribeModule(PackageSources packages) {
        this.packages = packages;
    }

    @Override
    public String name() {
        return "scribe";
    }

    @Override
    public String description() {
        return "checks a policy: versions of packages, names and contents of files";
    }

    @Override
    public Policy bind(JsonNode parameters) throws InvalidParametersException {
        return Policy.bind(parameters);
    }

    @Override
    public ModuleResult run(Policy policy, RunContext context) {
        return new PolicyRun(policy, packages, context).run();
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        boolean json = result.elements().path("jsonoutput").asBoolean(false);
        for (JsonNode test : result.elements().path("results")) {
            if (json) {
                lines.add(ascii(MigJson.text(test)));
            } else {
                print(test, lines);
            }
        }
        if (!foundOnly) {
            result.errors().stream().map(Printable::line).forEach(lines::add);
        }
        return lines;
    }

    private static void print(JsonNode test, List<String> lines) {
        String id = test.path("testid").asText("");
        String name = test.path("name").asText("");
        String verdict = test.path("iserror").asBoolean(false)
                ? "error"
                : Boolean.toString(test.path("masterresult").asBoolean(false));
        lines.add(Printable.line("master [%s] name:\"%s\" id:\"%s\" hastrue:%s error:\"%s\""
                .formatted(
                        verdict,
                        name,
                        id,
                        test.path("hastrueresults").asBoolean(false),
                        test.path("error").asText(""))));
        for (JsonNode value : test.path("results")) {
            lines.add(Printable.line("sub [%s] name:\"%s\" id:\"%s\" identifier:\"%s\""
                    .formatted(
                            value.path("result").asBoolean(false),
                            name,
                            id,
                            value.path("identifier").asText(""))));
        }
    }

    /** JSON that is fit for a terminal and still the same. */
    private static String ascii(String json) {
        StringBuilder out = new StringBuilder(json.length());
        json.chars().forEach(c -> {
            if (c < 0x7f) {
                out.append((char) c);
            } else {
                out.append("\\u%04x".formatted(c));
            }
        });
        return out.toString();
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(
                        this,
                        true,
                        "Checks a policy, which is a JSON document of this machine.",
                        "example: -path policy.json -onlytrue",
                        ScribeModule::parameters)
                .value("path", "file", "the document")
                .toggle("onlytrue", "return only tests whose result is true")
                .toggle("human", "print lines for people (as always)")
                .toggle("json", "print each result as JSON"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return flags().map(flags -> ModuleDialog.of("scribe> ", flags));
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(ScribeParameters.class);
    }

    /** Where values were found, and what errors say of it. */
    @Override
    public ModuleResult mask(ModuleResult result) {
        return Privacy.mask(result, test -> {
            for (JsonNode value : test.path("results")) {
                if (value instanceof ObjectNode object) {
                    object.put("identifier", Privacy.MASKED);
                }
            }
        });
    }

    private static JsonNode parameters(ModuleFlags.Given given) throws InvalidParametersException {
        String path = given.value("path", "");
        if (path.isEmpty()) {
            throw new InvalidParametersException("-path: a document is needed");
        }
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        parameters.set("scribedoc", document(path));
        parameters.put("onlytrue", given.isOn("onlytrue", false));
        parameters.put("humanoutput", given.isOn("human", false));
        parameters.put("jsonoutput", given.isOn("json", false));
        return parameters;
    }

    private static JsonNode document(String path) throws InvalidParametersException {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] document = in.readNBytes(LARGEST_DOCUMENT + 1);
            if (document.length > LARGEST_DOCUMENT) {
                throw new InvalidParametersException(path + " has more than " + LARGEST_DOCUMENT + " bytes");
            }
            return MigJson.tree(document);
        } catch (IOException e) {
            throw new InvalidParametersException(path + " cannot be read: " + Reason.of(e), e);
        } catch (InvalidPathException e) {
            throw new InvalidParametersException(path + " is no path on this system", e);
        } catch (MalformedJsonException e) {
            throw new InvalidParametersException(path + ": " + e.getMessage(), e);
        }
    }
}
