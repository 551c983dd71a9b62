package ninja.mig.modules.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import ninja.mig.model.ModuleResult;

/**
 * One entry of what module file answers: a file that a search found, or that it found none. Results come from endpoints:
 * whatever is missing or odd is left out.
 *
 * @param label of the search
 * @param file empty if none was found
 * @param paths where the search looked
 * @param criteria what it looked for, each as {@code name='...'}
 */
public record FileFinding(String label, String file, List<String> paths, List<String> criteria) {
    /** The word for each key of a search, in the order in which they are printed. */
    private static final List<Map.Entry<String, String>> WORDS = List.of(
            Map.entry("names", "name"),
            Map.entry("sizes", "size"),
            Map.entry("modes", "mode"),
            Map.entry("mtimes", "mtime"),
            Map.entry("contents", "content"),
            Map.entry("md5", "md5"),
            Map.entry("sha1", "sha1"),
            Map.entry("sha2", "sha2"),
            Map.entry("sha256", "sha256"),
            Map.entry("sha384", "sha384"),
            Map.entry("sha512", "sha512"),
            Map.entry("sha3", "sha3"),
            Map.entry("sha3_224", "sha3_224"),
            Map.entry("sha3_256", "sha3_256"),
            Map.entry("sha3_384", "sha3_384"),
            Map.entry("sha3_512", "sha3_512"));

    /** In the order of the result. */
    public static List<FileFinding> of(ModuleResult result) {
        List<FileFinding> findings = new ArrayList<>();
        for (Map.Entry<String, JsonNode> search : result.elements().properties()) {
            for (JsonNode entry : search.getValue()) {
                if (entry.path("file").isTextual()) {
                    findings.add(new FileFinding(
                            search.getKey(),
                            entry.get("file").asText(),
                            texts(entry.path("search").path("paths")),
                            criteria(entry.path("search"))));
                }
            }
        }
        return findings;
    }

    public boolean isFound() {
        return !file.isEmpty();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
    }

    /** What a search looks for, each as {@code name='...'}. */
    static List<String> criteria(JsonNode search) {
        return WORDS.stream()
                .flatMap(word ->
                        texts(search.path(word.getKey())).stream().map(value -> word.getValue() + "='" + value + "'"))
                .toList();
    }
}
