package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Members;
import ninja.mig.modules.Searches;

/**
 * One search as it was received. Lists keep order and repetitions.
 *
 * @param lists the values under each of {@link #LISTS}, in that order; lists may be empty
 */
record FileSearch(String description, Map<String, List<String>> lists, Options options, List<String> unknown)
        implements Searches.Received {
    static final String PATHS = "paths";

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

    static final List<String> LISTS =
            Stream.concat(Stream.of(PATHS), CONDITIONS.stream()).toList();

    private static final List<String> MEMBERS = Searches.members(LISTS);

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

    static FileSearch read(Members members) throws InvalidParametersException {
        return new FileSearch(
                members.text("description"),
                members.lists(LISTS),
                Options.read(members.object("options")),
                members.others(MEMBERS));
    }

    List<String> paths() {
        return lists.get(PATHS);
    }

    /** What results repeat of it. @param cleaned its paths */
    ObjectNode inResult(List<String> cleaned) {
        Map<String, List<String>> shown = new LinkedHashMap<>(lists);
        shown.put(PATHS, cleaned);
        return Searches.json(description, shown, options.inResult());
    }

    /** As documents have it: no empty lists. */
    static JsonNode arrayOrNull(List<String> texts) {
        return texts.isEmpty() ? JsonNodeFactory.instance.nullNode() : Searches.array(texts);
    }
}
