package ninja.mig.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Searches a tree with module {@code file} and with the programs that people would use, in turns. */
final class FilesBench {
    private static final String ALTERNATION = "(user|admin|root)_[0-9]{4}@[a-z]+-lan\\.example\\.(org|net)";
    private static final int NAMES = 50;
    private static final String NAME = "^report-[0-9]+75\\.(conf|cfg)$";

    /**
     * @param directory where the tree is, or will be made
     * @param repeat each measurement
     * @param processors that ours may use; empty for what agents give to a module here
     */
    record Settings(Path directory, FileTree.Size size, int repeat, Optional<Integer> processors) {}

    /**
     * A search and its peer.
     *
     * @param conditions members of our search
     * @param peer a command that prints the files that it finds, or for {@code hashes} a digest before each
     * @param goal ours may take this many times as long
     */
    private record Query(String name, String conditions, List<String> peer, boolean hashes, double goal) {}

    /**
     * What a query took.
     *
     * @param peerName empty if the peer is not installed
     * @param peerSeconds NaN without a peer, as other values of it
     */
    record Line(
            String query,
            String peerName,
            double seconds,
            double peerSeconds,
            double ratio,
            double goal,
            double cpuSeconds,
            double peerCpuSeconds,
            double peakMiB,
            double peerPeakMiB,
            int found,
            String wrong) {}

    /** Other things that were measured: a name and seconds, and memory. */
    record Other(String what, double seconds, double cpuSeconds, double peakMiB) {}

    private final Settings settings;
    private final Progress progress;
    private final List<Line> lines = new ArrayList<>();
    private final List<Other> others = new ArrayList<>();

    FilesBench(Settings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    List<Line> lines() {
        return lines;
    }

    List<Other> others() {
        return others;
    }

    void run() throws IOException, InterruptedException {
        MeasuredProgram.require();
        Path directory = Files.createDirectories(settings.directory());
        Path tree = FileTree.in(directory, settings.size(), progress);
        FileSearches searches = FileSearches.prepare(directory, settings.processors());
        progress.say("%s", String.join(" ", searches.command()));
        progress.say("reading everything once");
        MeasuredProgram.run(List.of("grep", "-r", "-c", "-F", "nowhere at all", tree.toString()), "", directory);
        List<Query> queries = queries(tree);
        for (Query query : queries) {
            measure(query, tree, searches, directory);
        }
        startUp(searches, tree);
        together(queries.stream().filter(query -> !query.hashes()).toList(), searches, tree);
    }

    private List<Query> queries(Path tree) throws IOException {
        String root = tree.toString();
        return List.of(
                new Query(
                        "name, expression",
                        "\"names\":[\"" + NAME.replace("\\", "\\\\") + "\"]",
                        List.of(
                                "find",
                                root,
                                "-type",
                                "f",
                                "-regextype",
                                "posix-extended",
                                "-regex",
                                ".*/report-[0-9]+75\\.(conf|cfg)"),
                        false,
                        1.5),
                new Query(
                        "content, literal",
                        "\"contents\":[\"" + FileTree.LITERAL + "\"]",
                        List.of("rg", "-j1", "-uuu", "-l", "-F", FileTree.LITERAL, root),
                        false,
                        1.2),
                new Query(
                        "content, alternation and classes",
                        "\"contents\":[\"" + ALTERNATION.replace("\\", "\\\\") + "\"]",
                        List.of("rg", "-j1", "-uuu", "-l", ALTERNATION, root),
                        false,
                        1.5),
                new Query(
                        "sha256 of every file",
                        "\"sha256\":[\"" + sha256(lastFile(tree)) + "\"]",
                        List.of("sh", "-c", "find " + root + " -type f -print0 | xargs -0 -s 2000000 sha256sum"),
                        true,
                        0.7),
                new Query(
                        "mtime and size",
                        "\"mtimes\":[\">7000d\"],\"sizes\":[\">8k\"]",
                        List.of("find", root, "-type", "f", "-mtime", "+7000", "-size", "+8192c"),
                        false,
                        1.5),
                new Query(
                        "name and content",
                        "\"names\":[\"\\\\.log$\"],\"contents\":[\"" + FileTree.LITERAL + "\"]",
                        List.of("rg", "-j1", "-uuu", "-l", "-g", "*.log", FileTree.LITERAL, root),
                        false,
                        1.5),
                names(root));
    }

    /** Of hosts and files that are wanted, and {@link FileTree#LITERAL}. */
    private static Query names(String root) {
        Random random = new Random(50);
        List<String> names = new ArrayList<>(List.of(FileTree.LITERAL));
        List<String> peer = new ArrayList<>(List.of("rg", "-j1", "-uuu", "-l", "-F", "-e", FileTree.LITERAL));
        while (names.size() < NAMES) {
            String name = random.ints(8 + random.nextInt(9), 'a', 'z' + 1)
                            .mapToObj(Character::toString)
                            .collect(Collectors.joining())
                    + List.of(".example.net", "_svc.exe", ".so", "/tmp/x").get(names.size() % 4);
            names.add(name.replace(".", "\\\\."));
            peer.addAll(List.of("-e", name));
        }
        peer.add(root);
        return new Query(
                "content, " + NAMES + " names", "\"contents\":[\"" + String.join("|", names) + "\"]", peer, false, 1.2);
    }

    private Path lastFile(Path tree) {
        int last = settings.size().small() - 1;
        return tree.resolve("small/part-%03d/folder-%05d/report-%07d.xml".formatted(last / 10_000, last / 100, last));
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(in.readAllBytes());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void measure(Query query, Path tree, FileSearches searches, Path directory)
            throws IOException, InterruptedException {
        String program = query.hashes() ? "sha256sum" : query.peer().get(0);
        boolean hasPeer = isInstalled(program);
        List<MeasuredProgram> ours = new ArrayList<>();
        List<MeasuredProgram> peers = new ArrayList<>();
        Set<String> wrong = new TreeSet<>();
        Set<String> found = Set.of();
        for (int i = 0; i < settings.repeat(); i++) {
            Optional<MeasuredProgram> peer =
                    hasPeer ? Optional.of(MeasuredProgram.run(query.peer(), "", directory)) : Optional.empty();
            peer.ifPresent(peers::add);
            FileSearches.Found run = searches.run(tree, Map.of("s", query.conditions()));
            ours.add(run.program());
            found = run.files("s");
            if (!run.isWhole() || run.filesCount() != settings.size().files()) {
                wrong.add("it did not look at everything");
            }
            if (peer.isPresent() && !found.equals(files(query, peer.get().output()))) {
                wrong.add("the peer found other files");
            }
        }
        double seconds = median(ours.stream().map(MeasuredProgram::seconds).toList());
        double peerSeconds = median(peers.stream().map(MeasuredProgram::seconds).toList());
        lines.add(new Line(
                query.name(),
                hasPeer ? program : "",
                seconds,
                peerSeconds,
                seconds / peerSeconds,
                query.goal(),
                median(ours.stream().map(MeasuredProgram::cpuSeconds).toList()),
                median(peers.stream().map(MeasuredProgram::cpuSeconds).toList()),
                most(ours),
                most(peers),
                found.size(),
                String.join(", ", wrong)));
        progress.say("%s: %.2f s, peer %.2f s", query.name(), seconds, peerSeconds);
    }

    /** The files that a peer found; of digests, those whose digest is the one that was asked for. */
    private static Set<String> files(Query query, String output) {
        if (!query.hashes()) {
            return output.lines().collect(Collectors.toCollection(TreeSet::new));
        }
        String digest = query.conditions().replaceAll(".*\\[\"|\"].*", "");
        return output.lines()
                .filter(line -> line.startsWith(digest))
                .map(line -> line.substring(digest.length() + 2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isInstalled(String program) {
        return Files.isExecutable(Path.of("/usr/bin", program));
    }

    private void startUp(FileSearches searches, Path tree) throws IOException, InterruptedException {
        List<MeasuredProgram> runs = new ArrayList<>();
        for (int i = 0; i < settings.repeat(); i++) {
            runs.add(searches.run(tree, Map.of()).program());
        }
        add("start-up: no search", runs);
    }

    /** All queries in one walk, and each by itself. */
    private void together(List<Query> queries, FileSearches searches, Path tree)
            throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>();
        queries.forEach(query -> all.put("s" + all.size(), query.conditions()));
        List<MeasuredProgram> runs = new ArrayList<>();
        for (int i = 0; i < settings.repeat(); i++) {
            runs.add(searches.run(tree, all).program());
        }
        add(queries.size() + " searches in one action", runs);
        List<Line> alone = lines.stream()
                .filter(line -> queries.stream().anyMatch(query -> query.name().equals(line.query())))
                .toList();
        others.add(new Other(
                "the same in " + queries.size() + " actions",
                alone.stream().mapToDouble(Line::seconds).sum(),
                alone.stream().mapToDouble(Line::cpuSeconds).sum(),
                alone.stream().mapToDouble(Line::peakMiB).max().orElse(Double.NaN)));
    }

    private void add(String what, List<MeasuredProgram> runs) {
        others.add(new Other(
                what,
                median(runs.stream().map(MeasuredProgram::seconds).toList()),
                median(runs.stream().map(MeasuredProgram::cpuSeconds).toList()),
                most(runs)));
    }

    private static double most(List<MeasuredProgram> runs) {
        return runs.stream().mapToDouble(MeasuredProgram::peakMiB).max().orElse(Double.NaN);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
