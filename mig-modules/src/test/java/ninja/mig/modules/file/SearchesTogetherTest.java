package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random searches in a random tree, in one walk and each alone, with one reader and with several. */
class SearchesTogetherTest {
    private static final int ROUNDS = 150;

    /** Of "text 1" and a line feed. */
    private static final String MD5 = "4eb1fec212e954b24fa69287e864c9c6";

    private static final List<String> NAMES = List.of("a", "a.b", "a-c", "b", "c", "\u00e9");

    private static final List<String> CONTENTS =
            List.of("text [01]", "text 2", "!text 1", "(?i)TEXT", "e.t", "missing", "!text", "^text 0$");

    @TempDir
    static Path folder;

    private static List<Path> places;

    private final Random random = new Random(7);

    @BeforeAll
    static void plant() throws IOException {
        Random random = new Random(6);
        List<Path> folders = new ArrayList<>(List.of(folder));
        places = new ArrayList<>(List.of(folder));
        for (int i = 0; i < 120; i++) {
            Path path = folders.get(random.nextInt(folders.size())).resolve(NAMES.get(random.nextInt(NAMES.size())));
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            switch (random.nextInt(6)) {
                case 0 -> Files.createSymbolicLink(path, places.get(random.nextInt(places.size())));
                case 1 -> Files.createSymbolicLink(path, path.resolveSibling(NAMES.get(random.nextInt(2))));
                case 2, 3 -> folders.add(Files.createDirectory(path));
                default -> Files.writeString(path, "text " + random.nextInt(3) + "\n");
            }
            places.add(path);
        }
    }

    @Test
    void findTogetherWhatTheyFindAlone() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, String> searches = randomSearches();
            JsonNode together = run(1, searches).elements();
            for (Map.Entry<String, String> search : searches.entrySet()) {
                JsonNode alone =
                        run(1, Map.of(search.getKey(), search.getValue())).elements();
                assertEquals(alone.get(search.getKey()), together.get(search.getKey()), searches.toString());
            }
        }
    }

    @Test
    void findTheSameWithSeveralReaders() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Map<String, String> searches = randomSearches();

            assertEquals(whole(run(1, searches)), whole(run(3, searches)), searches.toString());
        }
    }

    /** All but the time that it took. */
    private static JsonNode whole(ModuleResult result) {
        ObjectNode document = (ObjectNode) MigJson.toTree(result);
        ((ObjectNode) document.get("statistics")).remove("exectime");
        return document;
    }

    private Map<String, String> randomSearches() {
        Map<String, String> searches = new TreeMap<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            searches.put("s" + i, randomSearch());
        }
        return searches;
    }

    private String randomSearch() {
        List<String> paths = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            paths.add(MigJson.text(places.get(random.nextInt(places.size())).toString()));
        }
        return "{\"paths\":" + paths + ",\"names\":[\""
                + List.of(".", "a", "!a").get(random.nextInt(3)) + "\"]"
                + contents()
                + (random.nextInt(3) == 0 ? ",\"md5\":[\"" + MD5 + "\"]" : "")
                + (random.nextInt(3) == 0 ? ",\"modes\":[\"^-rw\"]" : "")
                + ",\"options\":{\"matchall\":" + random.nextBoolean()
                + ",\"macroal\":" + (random.nextInt(5) == 0)
                + ",\"returnsha256\":" + random.nextBoolean()
                + ",\"maxdepth\":" + random.nextInt(4)
                + ",\"matchlimit\":" + random.nextInt(6) + "}}";
    }

    private String contents() {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> ",\"contents\":[\"text [01]\"]";
            default ->
                random.ints(1 + random.nextInt(6), 0, CONTENTS.size())
                        .mapToObj(CONTENTS::get)
                        .collect(Collectors.joining("\",\"", ",\"contents\":[\"", "\"]"));
        };
    }

    private static ModuleResult run(int processors, Map<String, String> searches) throws Exception {
        String all = searches.entrySet().stream()
                .map(search -> "\"" + search.getKey() + "\":" + search.getValue())
                .collect(Collectors.joining(",", "{\"searches\":{", "}}"));
        FileModule module = new FileModule(processors);
        return module.run(module.bind(MigJson.tree(all)), RunContext.unlimited());
    }
}
