package ninja.mig.modules.sshkey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
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
import ninja.mig.modules.Privacy;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.file.FileLookup;

/** Finds SSH keys. */
public final class SshKeyModule implements Module<SshKeySearch> {
    private final List<String> homes;

    public SshKeyModule() {
        this(SshKeySearch.homes());
    }

    /** @param homes where to look if the parameters do not say it */
    SshKeyModule(List<String> homes) {
        this.homes = homes;
    }

    @Override
    public String name() {
        return "sshkey";
    }

    @Override
    public String description() {
        return "finds private and public SSH keys and says what their fingerprints are";
    }

    @Override
    public SshKeySearch bind(JsonNode parameters) throws InvalidParametersException {
        return SshKeySearch.bind(parameters, homes);
    }

    @Override
    public ModuleResult run(SshKeySearch search, RunContext context) {
        FoundKeys found = new FoundKeys(context.clock().instant());
        context.partialResult(() -> found.document(context.clock().instant()));
        FileLookup.Found files = search.run(context);
        found.files(files);
        for (Path file : SshKeySearch.files(files)) {
            if (context.mustStop()) {
                break;
            }
            String path = FileLookup.text(file);
            try (InputStream in = FileLookup.open(file)) {
                read(path, in, found, context).ifPresent(found::remark);
            } catch (IOException e) {
                found.remark("ERROR: read " + path + ": " + Reason.of(e));
            }
        }
        return found.document(context.clock().instant());
    }

    /** @return what could not be read, if there is any */
    private static Optional<String> read(String path, InputStream in, FoundKeys found, RunContext context)
            throws IOException {
        if (AuthorizedKeys.isNameOf(path)) {
            return AuthorizedKeys.read(path, in, context, found::add);
        }
        byte[] content = in.readNBytes(SshKeySearch.LARGEST + 1);
        if (content.length > SshKeySearch.LARGEST) {
            throw new IOException("has become larger than 1 MiB");
        }
        KeyFile keys = new KeyFile(path, content);
        keys.keys().forEach(found::add);
        return keys.remark();
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        int keys = 0;
        for (JsonNode key : result.elements().path("keys")) {
            String type = key.path("type").asText("");
            String encrypted = type.equals(SshKey.PRIVATE)
                    ? " encrypted=" + key.path("encrypted").asBoolean(false)
                    : "";
            lines.add(key.path("path").asText("") + " [" + type + "]" + encrypted + " md5fp="
                    + fingerprint(key.path("fingerprint_md5")) + " sha256fp="
                    + fingerprint(key.path("fingerprint_sha256")));
            keys++;
        }
        if (!foundOnly) {
            lines.addAll(result.errors());
            JsonNode statistics = result.statistics();
            if (statistics.path("exectime").isTextual()) {
                lines.add("Statistics: %d files checked, %d failed to open, %d keys found, ran in %s."
                        .formatted(
                                statistics.path("filescount").asLong(),
                                statistics.path("openfailed").asLong(),
                                keys,
                                statistics.get("exectime").asText()));
            }
        }
        return lines.stream().map(Printable::line).toList();
    }

    private static String fingerprint(JsonNode text) {
        return text.asText("").isEmpty() ? "unknown" : text.asText();
    }

    @Override
    public Optional<ModuleFlags> flags() {
        return Optional.of(new ModuleFlags(
                        this,
                        false,
                        "Finds private and public SSH keys, and those that let somebody in.",
                        "example: -path /home -path /etc/ssh -maxdepth 4",
                        SshKeyModule::parameters)
                .list("path", "path", "where to look; repeatable (default: " + String.join(", ", homes) + ")")
                .value(
                        "maxdepth",
                        "number",
                        "levels of folders, the path itself is the first (default: " + SshKeySearch.USUAL_DEPTH + ")"));
    }

    @Override
    public Optional<ModuleDialog> dialog() {
        return flags().map(flags -> ModuleDialog.of("sshkey> ", flags));
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(SshKeyParameters.class);
    }

    /** Where keys are, which also tells whose they are, and what errors say of it. */
    @Override
    public ModuleResult mask(ModuleResult result) {
        return Privacy.mask(result, key -> {
            if (key instanceof ObjectNode object) {
                object.put("path", Privacy.MASKED);
            }
        });
    }

    private static JsonNode parameters(ModuleFlags.Given given) throws InvalidParametersException {
        ObjectNode parameters = JsonNodeFactory.instance.objectNode();
        if (!given.list("path").isEmpty()) {
            parameters.set("paths", MigJson.toTree(given.list("path")));
        }
        parameters.put("maxdepth", given.number("maxdepth", 0));
        return parameters;
    }
}
