package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are looked at before the walk comes there. */
@Timeout(60)
class ScoutsTest {
    @TempDir
    Path folder;

    private final RunContext context = RunContext.unlimited();
    private final Readers helpers = new Readers(context, 2);
    private final Scouts scouts = new Scouts(helpers, context);
    private Path now;
    private Path goal;

    @BeforeEach
    void makeFolders() throws Exception {
        now = Files.createDirectory(folder.resolve("now"));
        goal = Files.createDirectory(folder.resolve("then"));
    }

    @AfterEach
    void close() {
        helpers.close();
    }

    private static SearchRun search(String conditions) throws Exception {
        FileParameters parameters = new FileModule()
                .bind(MigJson.tree("{\"searches\":{\"s\":{\"paths\":[\"/\"]," + conditions
                        + ",\"options\":{\"matchall\":true}}}}"));
        return new SearchRun(parameters.searches().get(0), new ResultBudget(), new ContentSet(parameters.searches()));
    }

    private Optional<List<Entry>> seen(boolean alone, String conditions) throws Exception {
        scouts.send(now, List.of(new Scouts.Goal(goal, List.of(search(conditions)), alone)));
        return scouts.seen(goal);
    }

    @Test
    void seeWhatTheWalkWouldSee() throws Exception {
        Files.writeString(goal.resolve("b"), "text");
        Files.createDirectory(goal.resolve("a"));

        List<Entry> entries = seen(true, "\"names\":[\"x\"]").orElseThrow();

        assertEquals(
                List.of(goal.resolve("a"), goal.resolve("b")),
                entries.stream().map(Entry::path).toList());
        assertTrue(((Entry.Seen) entries.get(0)).look().isDirectory());
        assertEquals(4, ((Entry.Seen) entries.get(1)).look().size());
    }

    @Test
    void letNamesDecideOnlyIfNoOtherSearchMayStartThere() throws Exception {
        for (int i = 0; i < 40; i++) {
            Files.createFile(goal.resolve("f" + i));
        }
        assumeTrue(new LeafFolders().contains(goal), "this file system does not count sub-folders");

        List<Entry> alone = seen(true, "\"names\":[\"^f7$\"]").orElseThrow();
        scouts.forget();
        List<Entry> withOthers = seen(false, "\"names\":[\"^f7$\"]").orElseThrow();

        assertEquals(39, alone.stream().filter(Entry.Excluded.class::isInstance).count());
        assertEquals(
                40, withOthers.stream().filter(Entry.Seen.class::isInstance).count());
    }

    @Test
    void leaveToTheWalkWhatIsLargeOrGone() throws Exception {
        for (int i = 0; i < Scouts.MOST_ENTRIES; i++) {
            Files.createFile(goal.resolve("f" + i));
        }
        assertEquals(
                Scouts.MOST_ENTRIES,
                seen(true, "\"sizes\":[\"1\"]").orElseThrow().size());
        scouts.forget();
        Files.createFile(goal.resolve("one more"));
        assertTrue(seen(true, "\"sizes\":[\"1\"]").isEmpty());
        assertTrue(scouts.seen(now).isEmpty(), "nobody was sent where the walk goes at once");

        scouts.send(now, List.of(new Scouts.Goal(folder.resolve("missing"), List.of(), true)));
        assertTrue(scouts.seen(folder.resolve("missing")).isEmpty());
    }

    @Test
    void forgetWhatIsNoLongerOnTheWay() throws Exception {
        assertTrue(seen(true, "\"sizes\":[\"1\"]").isPresent());
        scouts.send(goal, List.of());
        assertTrue(scouts.seen(goal).isPresent(), "the walk goes there now");
        scouts.send(now, List.of());
        assertTrue(scouts.seen(goal).isEmpty());
    }

    @Test
    void workBesideTheWalkWhileThereIsAProcessor() throws Exception {
        CountDownLatch came = new CountDownLatch(1);
        helpers.lookAhead(List.of(came::countDown));
        assertTrue(came.await(30, TimeUnit.SECONDS));

        try (Readers alone = new Readers(context, 1)) {
            assertEquals(0, new Scouts(alone, context).most());
        }
    }

    @Test
    void tellTheWalkOfTheirFailure() throws Exception {
        FutureTask<Boolean> last = new FutureTask<>(() -> true);
        for (int i = 0; i < 40; i++) {
            Files.createFile(goal.resolve("f" + i));
        }
        scouts.send(now, List.of(new Scouts.Goal(goal, null, true)));
        assertThrows(IllegalStateException.class, () -> scouts.seen(goal));

        helpers.lookAhead(List.of(last));
        assertTrue(last.get(30, TimeUnit.SECONDS), "the thread goes on");
    }

    /** What a walk with scouts finds and says, beside one without. */
    @Test
    void changeNothingInWhatIsFound() throws Exception {
        Files.createSymbolicLink(goal.resolve("broken"), Path.of("nowhere"));
        for (int i = 0; i < 60; i++) {
            Path sub = Files.createDirectories(folder.resolve("d" + i % 7).resolve("e" + i));
            for (int k = 0; k < (i % 9 == 0 ? 50 : 3); k++) {
                Files.writeString(sub.resolve("f" + k), "needle " + k);
            }
            Files.createSymbolicLink(sub.resolve("g"), Path.of(i % 2 == 0 ? "f1" : "nowhere"));
        }
        for (int i = 0; i <= Scouts.MOST_ENTRIES; i++) {
            Files.createFile(now.resolve("f" + i));
        }
        String all = "{\"searches\":{" + search("a", folder, "\"names\":[\"^f1$\"]") + ","
                + search("b", folder.resolve("d3"), "\"contents\":[\"needle 2\"]") + ","
                + search("c", folder, "\"names\":[\"^f1?$\"],\"sizes\":[\"0\"]") + "}}";

        for (int round = 0; round < 20; round++) {
            assertEquals(outcome(1, all), outcome(4, all));
        }
    }

    private static String search(String label, Path path, String conditions) {
        return "\"" + label + "\":{\"paths\":[" + MigJson.text(path.toString()) + "]," + conditions
                + ",\"options\":{\"matchall\":true,\"matchlimit\":70,\"maxerrors\":0}}";
    }

    private String outcome(int processors, String searches) throws Exception {
        FileModule module = new FileModule(processors);
        ModuleResult result = module.run(module.bind(MigJson.tree(searches)), context);
        assertFalse(result.elements().isEmpty());
        return result.elements() + " " + result.errors() + " "
                + result.statistics().get("filescount");
    }
}
