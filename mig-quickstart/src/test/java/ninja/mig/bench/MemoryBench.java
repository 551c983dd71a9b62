package ninja.mig.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import ninja.mig.conf.GoDuration;
import ninja.mig.quickstart.Distribution;

/** Searches the memory of a process with module {@code memory}, and a file with the same content with grep, in turns. */
final class MemoryBench {
    private static final String EXPRESSION = "(user|admin|root)_[0-9]{4}@[a-z]+-lan\\.example\\.(org|net)";

    /** Has nothing that could be looked for first: every byte goes through the automaton. */
    private static final String CLASSES = "[a-z]{12}[0-9]{8}[A-F]{4}";

    /**
     * @param mebibytes that the process holds, less than 2048
     * @param repeat each measurement
     */
    record Settings(int mebibytes, int repeat) {}

    /**
     * A search and its peer.
     *
     * @param conditions members of our search
     * @param peer arguments of grep
     * @param found by both
     */
    private record Query(String name, String conditions, List<String> peer, boolean found) {}

    /** @param wrong empty if all is right */
    record Line(
            String query,
            double mebibytes,
            double seconds,
            double searchSeconds,
            double peerSeconds,
            double cpuSeconds,
            double peerCpuSeconds,
            double peakMiB,
            String wrong) {}

    private final Settings settings;
    private final Progress progress;
    private final List<Line> lines = new ArrayList<>();

    MemoryBench(Settings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    List<Line> run() throws IOException, InterruptedException {
        MeasuredProgram.require();
        Path directory = Files.createTempDirectory("mig-bench-memory").toRealPath();
        try {
            Path image = directory.resolve("image");
            Path mark = Files.writeString(directory.resolve("mark.so"), "x");
            MemoryImage.write(image, settings.mebibytes());
            ModuleCommand module = ModuleCommand.of("memory", directory);
            Process holder = hold(image, mark);
            try {
                progress.say("process %d holds %,d MiB", holder.pid(), settings.mebibytes());
                for (Query query : queries()) {
                    measure(query, module, image, mark, holder.pid());
                }
            } finally {
                holder.destroyForcibly().waitFor();
            }
            return lines;
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Process hold(Path image, Path mark) throws IOException {
        Process holder = new ProcessBuilder(
                        Distribution.java(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:MaxDirectMemorySize=2g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryHolder.class.getName(),
                        image.toString(),
                        mark.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (holder.getInputStream().read() != 'r') {
            throw new IOException("the process that is to be searched ended with status " + holder.exitValue());
        }
        return holder;
    }

    private static List<Query> queries() {
        String many =
                IntStream.range(0, 20).mapToObj("other-needle-%02d"::formatted).collect(Collectors.joining("\n"));
        return List.of(
                new Query("names alone", "\"names\":[\"^no such name$\"]", List.of(), false),
                new Query(
                        "bytes",
                        "\"bytes\":[" + hex(MemoryImage.LITERAL) + "]",
                        List.of("-F", MemoryImage.LITERAL),
                        true),
                new Query(
                        "bytes, 20 strings",
                        "\"bytes\":[" + many.lines().map(MemoryBench::hex).collect(Collectors.joining(",")) + "]",
                        List.of("-F", many),
                        false),
                new Query(
                        "content, literal",
                        "\"contents\":[\"" + MemoryImage.LITERAL + "\"]",
                        List.of("-F", MemoryImage.LITERAL),
                        true),
                new Query(
                        "content, alternation and classes",
                        "\"contents\":[\"" + EXPRESSION.replace("\\", "\\\\") + "\"]",
                        List.of("-E", EXPRESSION),
                        true),
                new Query(
                        "content, classes alone", "\"contents\":[\"" + CLASSES + "\"]", List.of("-E", CLASSES), false));
    }

    private static String hex(String text) {
        return "\"" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)) + "\"";
    }

    private void measure(Query query, ModuleCommand module, Path image, Path mark, long pid)
            throws IOException, InterruptedException {
        List<MeasuredProgram> ours = new ArrayList<>();
        List<MeasuredProgram> peers = new ArrayList<>();
        List<Double> searching = new ArrayList<>();
        String wrong = "";
        double mebibytes = 0;
        for (int i = 0; i < settings.repeat(); i++) {
            if (!query.peer().isEmpty()) {
                List<String> grep = new ArrayList<>(List.of("grep", "-c", "-a"));
                grep.addAll(query.peer());
                grep.add(image.toString());
                MeasuredProgram peer = MeasuredProgram.run(grep, "", image.getParent());
                peers.add(peer);
                if (!peer.output().strip().equals(query.found() ? "1" : "0")) {
                    wrong = "grep counted " + peer.output().strip();
                }
            }
            ModuleCommand.Answer answer = module.run("\"s\":{\"libraries\":[\"^" + mark + "$\"]," + query.conditions()
                    + ",\"options\":{\"matchall\":true}}");
            ours.add(answer.program());
            JsonNode document = answer.document();
            JsonNode statistics = document.path("statistics");
            searching.add(GoDuration.parse(statistics.path("exectime").asText()).toNanos() / 1e9);
            mebibytes = statistics.path("memoryread").asDouble() / (1 << 20);
            long found = document.path("elements")
                    .path("s")
                    .path(0)
                    .path("process")
                    .path("pid")
                    .asLong();
            if (!document.path("success").asBoolean() || found != (query.found() ? pid : 0)) {
                wrong = "found process " + found;
            }
        }
        Line line = new Line(
                query.name(),
                mebibytes,
                median(ours, MeasuredProgram::seconds),
                Median.of(searching.stream()),
                median(peers, MeasuredProgram::seconds),
                median(ours, MeasuredProgram::cpuSeconds),
                median(peers, MeasuredProgram::cpuSeconds),
                ours.stream().mapToDouble(MeasuredProgram::peakMiB).max().orElse(Double.NaN),
                wrong);
        lines.add(line);
        progress.say("%s: %.2f s, grep %.2f s", query.name(), line.seconds(), line.peerSeconds());
    }

    private static double median(List<MeasuredProgram> runs, Function<MeasuredProgram, Double> value) {
        return runs.isEmpty() ? Double.NaN : Median.of(runs.stream().map(value));
    }
}
