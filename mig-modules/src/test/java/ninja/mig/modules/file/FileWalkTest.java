package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a walk meets, and in which order it takes it. */
@Timeout(60)
class FileWalkTest {
    /** SHA-1 of 20 MiB of them. */
    private static final String OF_ZEROS = "9674344c90c2f0646f0b78026e127c9b86e3ad77";

    @TempDir
    Path folder;

    private final RunContext context = RunContext.unlimited();

    private static ModuleResult run(String searches) throws Exception {
        FileModule module = new FileModule(1);
        return module.run(module.bind(MigJson.tree("{\"searches\":{" + searches + "}}")), RunContext.unlimited());
    }

    private static String search(String label, Path path, String conditions) {
        return "\"" + label + "\":{\"paths\":[" + MigJson.text(path.toString()) + "]," + conditions
                + ",\"options\":{\"matchall\":true}}";
    }

    private List<String> files(ModuleResult result, String label) {
        return StreamSupport.stream(result.elements().get(label).spliterator(), false)
                .map(entry -> entry.get("file").asText())
                .map(file ->
                        file.isEmpty() ? "" : folder.relativize(Path.of(file)).toString())
                .toList();
    }

    @Test
    void takesPathsForBoundaries() throws Exception {
        for (String name : List.of("alice", "alice2", "alice.old")) {
            Files.writeString(Files.createDirectory(folder.resolve(name)).resolve("f"), "x");
        }

        ModuleResult result = run(search("all", folder, "\"names\":[\"f\"]") + ","
                + search("one", folder.resolve("alice"), "\"names\":[\"f\"]"));

        assertEquals(List.of("alice/f", "alice.old/f", "alice2/f"), files(result, "all"));
        assertEquals(List.of("alice/f"), files(result, "one"));
        assertEquals(3, result.statistics().get("filescount").asInt());
    }

    @Test
    void followsLinksToFilesOnlyWhereverTheyLie() throws Exception {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("target"), "x");
        Files.createSymbolicLink(inside.resolve("broken"), Path.of("nowhere"));
        Files.createSymbolicLink(inside.resolve("file"), outside.resolve("target"));
        Files.createSymbolicLink(inside.resolve("folder"), outside);
        Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(inside.resolve("up"), folder);

        ModuleResult result = run(search("s", inside, "\"contents\":[\"x\"]"));

        assertEquals(List.of("inside/file"), files(result, "s"));
        assertEquals(
                List.of(
                        "ERROR: stat " + inside + "/broken: no such file or directory",
                        "ERROR: stat " + inside + "/loop: too many levels of symbolic links"),
                result.errors());
        assertEquals(2, result.statistics().get("openfailed").asInt());
    }

    @Test
    void leavesSpecialFilesAlone() throws Exception {
        Path socket = folder.resolve("socket");
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));

            ModuleResult below = run(search("s", folder, "\"contents\":[\"!x\"]"));
            ModuleResult named = run(search("p", pipe, "\"contents\":[\"!x\"]") + ","
                    + search("s", socket, "\"contents\":[\"!x\"]") + ","
                    + search("z", Path.of("/dev/zero"), "\"contents\":[\"!x\"]"));

            assertEquals(0, below.statistics().get("filescount").asInt());
            assertTrue(below.errors().isEmpty(), below.errors().toString());
            assertEquals(
                    List.of(
                            "warning: /dev/zero is not a file or directory",
                            "warning: " + pipe + " is not a file or directory",
                            "warning: " + socket + " is not a file or directory"),
                    named.errors().stream().sorted().toList());
        }
    }

    @Test
    void letsNamesDecideInLargeFoldersWithoutSubFolders() throws Exception {
        Path large = Files.createDirectory(folder.resolve("large"));
        for (int i = 0; i < 40; i++) {
            Files.writeString(large.resolve("f" + i), "x");
        }
        Files.createSymbolicLink(large.resolve("broken"), Path.of("nowhere"));
        assumeTrue(new LeafFolders().contains(large), "this file system does not count sub-folders");

        ModuleResult other = run(search("s", large, "\"names\":[\"^f[123]$\",\"!2\"]"));
        ModuleResult same = run(search("s", large, "\"names\":[\"^(f7|broken)$\"]"));
        ModuleResult together =
                run(search("n", large, "\"names\":[\"^f1$\"]") + "," + search("s", large, "\"sizes\":[\"1\"]"));
        Files.createDirectory(large.resolve("folder"));
        ModuleResult withFolder = run(search("s", large, "\"names\":[\"^f1$\"]"));

        assertEquals(List.of("large/f1", "large/f3"), files(other, "s"));
        assertEquals(List.of(), other.errors());
        assertEquals(41, other.statistics().get("filescount").asInt());
        assertEquals(List.of("large/f7"), files(same, "s"));
        assertEquals(1, same.errors().size());
        assertEquals(List.of("large/f1"), files(together, "n"));
        assertEquals(40, files(together, "s").size());
        assertEquals(1, together.errors().size());
        assertEquals(40, withFolder.statistics().get("filescount").asInt());
        assertEquals(1, withFolder.errors().size());
    }

    @Test
    void findsWhatLiesInFoldersWithoutSubFolders() throws Exception {
        Path large = Files.createDirectory(folder.resolve("large"));
        for (int i = 0; i < 40; i++) {
            Files.writeString(Files.createDirectory(large.resolve("d" + i)).resolve("f" + i % 2), "x");
        }

        ModuleResult result = run(search("s", folder, "\"names\":[\"^f1$\"]") + ","
                + search("file", large.resolve("d0").resolve("f0"), "\"names\":[\"f0\"]"));

        assertEquals(20, files(result, "s").size());
        assertEquals(List.of("large/d0/f0"), files(result, "file"));
        assertEquals(40, result.statistics().get("filescount").asInt());
    }

    @Test
    void tellsFoldersWithoutSubFoldersOnlyWhereTheyAreCounted() throws Exception {
        LeafFolders leaves = new LeafFolders();
        assertFalse(leaves.contains(folder.resolve("missing")));
        assertFalse(leaves.contains(Path.of("/proc")));
        assertFalse(leaves.contains(Path.of("/proc/self/fdinfo")));

        Files.createDirectory(folder.resolve("sub"));
        assertFalse(leaves.contains(folder));
    }

    @Test
    void sortsAHugeFolderPortionByPortion() throws Exception {
        List<Path> made = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            made.add(Files.createFile(folder.resolve("f" + i * 7919 % 700)));
        }
        for (String name :
                List.of("f1.", "f1.txt.old", "f1.txt", "f1.txt.older", "f", "F", "f1-x", "\u0001", " ", "~")) {
            made.add(Files.createFile(folder.resolve(name)));
        }
        made.sort(null);

        for (int portion : List.of(1, 50, 354, 355, 356, 710, 1000)) {
            assertEquals(made, inPortions(portion), "portions of " + portion);
        }
    }

    @Test
    void sortsNamesByTheirBytes() throws Exception {
        List<Path> made = new ArrayList<>();
        for (String name : List.of("z", "\u00e9", "\uffee", "\ud83d\ude00", "a", "zz")) {
            made.add(Files.createFile(folder.resolve(name)));
        }
        made.sort(null);

        for (int portion : List.of(1, 2, 100)) {
            assertEquals(made, inPortions(portion), "portions of " + portion);
        }
    }

    private List<Path> inPortions(int portion) throws Exception {
        SortedFolder entries = new SortedFolder(folder, Optional.empty(), context, portion);
        List<Path> seen = new ArrayList<>();
        while (entries.hasMore()) {
            List<Path> next = entries.next();
            assertTrue(next.size() <= 2 * portion, "a portion of " + next.size());
            seen.addAll(next);
        }
        return seen;
    }

    @Test
    void entersEverySubFolderThoughThereIsNoRoomForAll() throws Exception {
        List<Path> made = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            made.add(Files.createDirectory(folder.resolve("d" + i)));
            Files.createFile(folder.resolve("f" + i));
        }
        made.sort(null);
        SubFolders.Room room = new SubFolders.Room(0);
        SubFolders inside = new SubFolders(folder, room, context);
        made.forEach(inside::add);
        Files.delete(made.remove(80));

        List<Path> seen = new ArrayList<>();
        for (Optional<Path> next = inside.next(); next.isPresent(); next = inside.next()) {
            seen.add(next.get());
        }

        assertEquals(made, seen);
    }

    @Test
    void readsToTheEndThatAFileHasByThen() throws Exception {
        Path file = folder.resolve("f");
        byte[] content = "x".repeat(700_000).getBytes(StandardCharsets.US_ASCII);
        ContentRead read = new ContentRead(context, new StallGuard());
        for (int length : List.of(0, 1, 262_143, 262_144, 262_145, 524_288, 700_000)) {
            byte[] now = Arrays.copyOf(content, length);
            Files.write(file, now);
            String digest =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(now));
            FileParameters parameters = new FileModule()
                    .bind(MigJson.tree(
                            "{\"searches\":{" + search("s", folder, "\"sha1\":[\"" + digest + "\"]") + "}}"));
            SearchRun run = new SearchRun(
                    parameters.searches().get(0), new ResultBudget(), new ContentSet(parameters.searches()));
            for (long then : List.of(0L, 1L, 262_144L, 524_287L, 524_288L, 1L << 40)) {
                ContentRead.Request request = new ContentRead.Request(run);

                assertEquals(List.of(), read.read(file, then, false, List.of(request)));

                assertEquals(
                        Verdict.TRUE,
                        run.hashes().allHold(request.digests()),
                        "of " + then + " bytes then, " + length + " now");
            }
        }
    }

    @Test
    void readsSparseFilesAsTheyAre() throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("f").toFile(), "rw")) {
            sparse.setLength(20 << 20);
        }

        ModuleResult result = run(search("s", folder, "\"sha1\":[\"" + OF_ZEROS + "\"]"));

        assertEquals(List.of("f"), files(result, "s"));
    }

    @Test
    void saysThatAPathIsTooLong() throws Exception {
        String name = "d".repeat(240);
        Path upper = Files.createDirectories(folder.resolve((name + "/").repeat(12)));
        Path lower = Files.createDirectories(folder.resolve("x/" + (name + "/").repeat(12)));
        Files.createFile(lower.resolve("f"));
        Files.move(folder.resolve("x"), upper.resolve("x"));

        ModuleResult result = run(search("s", folder, "\"names\":[\"f\"]"));
        new ProcessBuilder("rm", "-rf", folder.resolve(name).toString()).start().waitFor();

        assertTrue(result.success());
        assertEquals(1, result.errors().size(), result.errors().toString());
        assertTrue(
                result.errors().get(0).endsWith(": the path has more than 4095 bytes, which the system does not open"),
                result.errors().get(0));
        assertEquals(1, result.statistics().get("openfailed").asInt());
    }

    @Test
    void leavesOutErrorsBeyondTheLimitAndSaysSo() throws Exception {
        for (int i = 0; i < 9; i++) {
            Files.createSymbolicLink(folder.resolve("l" + i), Path.of("nowhere"));
        }

        ModuleResult result = run("\"s\":{\"paths\":[" + MigJson.text(folder.toString())
                + "],\"names\":[\".\"],\"options\":{\"matchall\":true,\"maxerrors\":4}}");

        assertEquals(5, result.errors().size());
        assertEquals(
                "warning: 5 more errors were left out, the limit is 4",
                result.errors().get(4));
        assertEquals(9, result.statistics().get("openfailed").asInt());
        assertFalse(result.foundAnything());
    }

    /** The labels that may have more matches, once with everything in one thread and once with several. */
    private String limited(String condition, boolean matchAll, int limit) throws Exception {
        String search = "{\"searches\":{\"s\":{\"paths\":[" + MigJson.text(folder.toString()) + "]," + condition
                + ",\"options\":{\"matchall\":" + matchAll + ",\"matchlimit\":" + limit + "}}}}";
        List<String> limited = new ArrayList<>();
        for (int processors : List.of(1, 4)) {
            FileModule module = new FileModule(processors);
            ModuleResult result = module.run(module.bind(MigJson.tree(search)), RunContext.unlimited());
            assertEquals(limit, result.statistics().get("totalhits").asInt());
            limited.add(result.statistics().path("matchlimited").toString());
        }
        assertEquals(limited.get(0), limited.get(1));
        return limited.get(0);
    }

    @Test
    void saysThatThereMayBeMoreOnlyIfSomethingWasLeftOut() throws Exception {
        for (int i = 0; i < 4; i++) {
            Files.writeString(folder.resolve("f" + i), "x");
        }
        String digest = "\"md5\":[\"9dd4e461268c8034f5c8564e155c67a6\"]"; // of x

        for (String condition : List.of("\"names\":[\"f\"]", "\"contents\":[\"x\"]", digest)) {
            for (boolean matchAll : List.of(true, false)) {
                assertEquals("", limited(condition, matchAll, 4), condition);
                assertEquals("[\"s\"]", limited(condition, matchAll, 3), condition);
            }
        }
        Files.createDirectory(folder.resolve("unseen"));
        assertEquals("[\"s\"]", limited("\"names\":[\"f\"]", true, 4));
    }
}
