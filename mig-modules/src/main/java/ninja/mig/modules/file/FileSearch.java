package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Members;
import ninja.mig.modules.Parameters;

/**
 * One search as it was received. Lists keep order and repetitions.
 *
 * @param conditions the values under each of {@link #CONDITIONS}, in that order; lists may be empty
 */
record FileSearch(String description, List<String> paths, Map<String, List<String>> conditions, Options options) {
    /** The keys of the lists of conditions. */
    static final List<String> CONDITIONS = List.of(
            "contents",
            "names",
            "sizes",
            "modes",
            "mtimes",
            "md5",
            "sha1",
            "sha2",
            "sha256",
            "sha384",
            "sha512",
            "sha3",
            "sha3_224",
            "sha3_256",
            "sha3_384",
            "sha3_512");

    /**
     * @param maxDepth levels of folders, the path itself is level 1; 0 for all
     * @param matchAll every check must hold for one file
     * @param matchLimit most matches; 0 for the usual 1000
     * @param remoteFs accepted, never had an effect
     * @param maxErrors most error texts; 0 for the most that there can be
     * @param macroAl every content expression must hold on every line
     * @param mismatch filters whose verdict is turned around
     * @param debug accepted, has no effect
     */
    record Options(
            long maxDepth,
            boolean remoteFs,
            long maxErrors,
            boolean matchAll,
            boolean macroAl,
            List<String> mismatch,
            long matchLimit,
            String debug,
            boolean returnSha256,
            boolean decompress) {
        static final Options NONE = new Options(0, false, 0, false, false, List.of(), 0, "", false, false);

        /** The keys of members, in their order. */
        private static final List<String> KEYS = List.of(
                "maxdepth",
                "remotefs",
                "maxerrors",
                "matchall",
                "macroal",
                "mismatch",
                "matchlimit",
                "debug",
                "returnsha256",
                "decompress");

        private static Options read(Members members) throws InvalidParametersException {
            return new Options(
                    members.count("maxdepth"),
                    members.flag("remotefs"),
                    members.count("maxerrors"),
                    members.flag("matchall"),
                    members.flag("macroal"),
                    members.texts("mismatch"),
                    members.count("matchlimit"),
                    members.text("debug"),
                    members.flag("returnsha256"),
                    members.flag("decompress"));
        }

        /** What results repeat: limits are zero there. */
        ObjectNode inResult() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("maxdepth", 0);
            putIfTrue(json, "remotefs", remoteFs);
            json.put("maxerrors", 0).put("matchall", matchAll).put("macroal", macroAl);
            json.set("mismatch", arrayOrNull(mismatch));
            json.put("matchlimit", 0);
            if (!debug.isEmpty()) {
                json.put("debug", debug);
            }
            putIfTrue(json, "returnsha256", returnSha256);
            putIfTrue(json, "decompress", decompress);
            return json;
        }

        private static void putIfTrue(ObjectNode json, String key, boolean value) {
            if (value) {
                json.put(key, true);
            }
        }
    }

    /** @param parameters of one search */
    static FileSearch read(JsonNode parameters) throws InvalidParametersException {
        Members members = Parameters.members(parameters);
        Map<String, List<String>> conditions = new LinkedHashMap<>();
        for (String key : CONDITIONS) {
            conditions.put(key, members.texts(key));
        }
        return new FileSearch(
                members.text("description"),
                members.texts("paths"),
                conditions,
                Options.read(members.object("options")));
    }

    /** Everything that a search may have; the members of options behind their name and a dot. */
    static List<String> keys() {
        List<String> keys = new ArrayList<>(List.of("description", "paths"));
        keys.addAll(CONDITIONS);
        Options.KEYS.forEach(key -> keys.add("options." + key));
        return keys;
    }

    /** What results repeat of it. @param cleaned its paths */
    ObjectNode inResult(List<String> cleaned) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (!description.isEmpty()) {
            json.put("description", description);
        }
        json.set("paths", array(cleaned));
        conditions.forEach((key, values) -> {
            if (!values.isEmpty()) {
                json.set(key, array(values));
            }
        });
        json.set("options", options.inResult());
        return json;
    }

    /** As documents have it: no empty lists. */
    static JsonNode arrayOrNull(List<String> texts) {
        return texts.isEmpty() ? JsonNodeFactory.instance.nullNode() : array(texts);
    }

    static ArrayNode array(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(texts.size());
        texts.forEach(array::add);
        return array;
    }
}
