package ninja.mig.modules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.modules.example.ExampleModule;
import ninja.mig.modules.file.FileModule;
import org.junit.jupiter.api.Test;

class ModuleDialogTest {
    private final List<String> prompts = new ArrayList<>();
    private final List<String> shown = new ArrayList<>();

    /** Enters lines as long as the dialog takes them. */
    private ModuleDialog talk(Module<?> module, String... lines) {
        ModuleDialog dialog = module.dialog().orElseThrow();
        for (String line : lines) {
            assertFalse(dialog.isOver(), "over before '" + line + "'");
            prompts.add(dialog.prompt());
            shown.addAll(dialog.enter(line));
        }
        return dialog;
    }

    private static JsonNode json(String text) throws Exception {
        return MigJson.tree(text);
    }

    @Test
    void makesParametersOfLines() throws Exception {
        ModuleDialog dialog = talk(
                new ExampleModule(),
                "gethostname",
                "  lookuphost \t a.example.net ",
                "",
                "lookuphost b.example.net",
                "getaddresses false",
                "done");

        assertTrue(dialog.isOver());
        assertEquals(
                json("{\"gethostname\":true,\"getaddresses\":false,"
                        + "\"lookuphost\":[\"a.example.net\",\"b.example.net\"]}"),
                json(MigJson.text(dialog.parameters().orElseThrow())));
        assertEquals("example> ", prompts.get(0));
        assertEquals(List.of(), shown);
    }

    @Test
    void refusesALineAndGoesOnWithoutIt() throws Exception {
        ModuleDialog dialog = talk(
                new ExampleModule(),
                "lookuphost under_score.example.net",
                "lookuphost",
                "nonsense x",
                "gethostname perhaps",
                "-gethostname",
                "gethostname",
                "done");

        assertEquals(
                List.of(
                        "ERROR: lookuphost: 'under_score.example.net' is not a host name",
                        "ERROR: lookuphost needs a value",
                        "ERROR: 'nonsense' is not known here; help tells what is",
                        "ERROR: gethostname is 'perhaps', expected true or false",
                        "ERROR: '-gethostname' is not known here; help tells what is"),
                shown);
        assertEquals(
                json("{\"gethostname\":true,\"getaddresses\":false,\"lookuphost\":null}"),
                json(MigJson.text(dialog.parameters().orElseThrow())));
    }

    @Test
    void escapesWhatItRepeats() {
        talk(new ExampleModule(), "\u001b[2J x");

        assertEquals(List.of("ERROR: '\\x1b[2J' is not known here; help tells what is"), shown);
    }

    @Test
    void startsWithTheValuesOfTheCommandLine() throws Exception {
        ModuleDialog dialog = talk(new FileModule(), "s1", "path /etc", "name ^pass wd$", "done", "done");

        assertEquals(
                json(MigJson.text(
                        new FileModule().flags().orElseThrow().parse(List.of("-path", "/etc", "-name", "^pass wd$")))),
                json(MigJson.text(dialog.parameters().orElseThrow())));
        JsonNode options = dialog.parameters().get().get("searches").get("s1").get("options");
        assertEquals(1000, options.get("maxdepth").asInt());
        assertEquals(1000, options.get("matchlimit").asInt());
        assertEquals(30, options.get("maxerrors").asInt());
        assertTrue(options.get("matchall").asBoolean());
        assertEquals(List.of("label> ", "search 's1'> ", "search 's1'> ", "search 's1'> ", "label> "), prompts);
    }

    @Test
    void takesSeveralSearches() {
        ModuleDialog dialog = talk(
                new FileModule(),
                "first",
                "path /etc",
                "matchany",
                "done",
                "second one",
                "path /usr",
                "maxdepth 3",
                "done",
                "done");

        JsonNode searches = dialog.parameters().orElseThrow().get("searches");
        assertFalse(searches.get("first").get("options").get("matchall").asBoolean());
        assertEquals("[\"/usr\"]", searches.get("second one").get("paths").toString());
        assertEquals(
                3, searches.get("second one").get("options").get("maxdepth").asInt());
        assertEquals(List.of(), shown);
    }

    @Test
    void asksBeforeASearchIsReplaced() {
        ModuleDialog dialog = talk(
                new FileModule(),
                "s",
                "path /etc",
                "done",
                "s",
                "n",
                "s",
                "y",
                "path /usr",
                "cancel",
                "s",
                "y",
                "path /var",
                "done",
                "done");

        assertEquals("search 's' exists, replace it? (y/n)> ", prompts.get(4));
        assertEquals("label> ", prompts.get(5));
        assertEquals("search 's'> ", prompts.get(7));
        assertEquals("label> ", prompts.get(9));
        assertEquals(
                "[\"/var\"]",
                dialog.parameters()
                        .orElseThrow()
                        .get("searches")
                        .get("s")
                        .get("paths")
                        .toString());
    }

    @Test
    void checksEveryLineOfASearchAndAllOfIt() {
        ModuleDialog dialog = talk(
                new FileModule(),
                "s",
                "size 5x",
                "name (",
                "maxdepth many",
                "mismatch colour",
                "md5 12",
                "done",
                "path /",
                "done");

        assertEquals(6, shown.size(), shown.toString());
        assertTrue(shown.stream().allMatch(line -> line.startsWith("ERROR: ")), shown.toString());
        assertEquals("ERROR: maxdepth is 'many', expected a whole number from 0 to 999999999999999", shown.get(2));
        assertEquals("ERROR: search 's': at least one path is needed", shown.get(5));
        assertEquals("label> ", dialog.prompt());
    }

    @Test
    void refusesALabelThatTheModuleRefuses() {
        ModuleDialog dialog = talk(new FileModule(), "x".repeat(65));

        assertTrue(shown.get(0).startsWith("ERROR: a label has 1 to 64 characters"), shown.toString());
        assertEquals("label> ", dialog.prompt());
    }

    @Test
    void endsWithASearchOrNotAtAll() {
        ModuleDialog dialog = talk(new FileModule(), "done", "s", "path /", "cancel", "done");

        assertEquals(
                List.of(
                        "ERROR: no search was entered; cancel ends without one",
                        "ERROR: no search was entered; cancel ends without one"),
                shown);
        assertFalse(dialog.isOver());
        assertEquals(List.of("done", "help", "cancel"), dialog.words());
    }

    @Test
    void tellsTheWordsForCompletion() {
        ModuleDialog dialog = talk(new FileModule(), "s");

        assertTrue(
                dialog.words().containsAll(List.of("path", "sha3_512", "done", "cancel")),
                dialog.words().toString());
        assertFalse(dialog.words().contains("verbose"));
    }
}
