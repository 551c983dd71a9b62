package ninja.mig.modules.regex;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import ninja.mig.json.Utf8;

/** The command {@code ./bench regex}: measures {@link BytePattern} beside ripgrep, or compares it with RE2/J. */
final class RegexBench {
    private static final String USAGE = """
            ./bench regex [--mib N] [--repeat N]     MiB/s of each kind of expression, beside rg -j1 on the same file
            ./bench regex --fuzz N [--seed S]        N random expressions on six random inputs each, compared with RE2/J

            Exit codes: 0 measured, or no difference; 1 a difference; 2 wrong usage.
            """;

    private static final int CHUNK = 256 * 1024;

    /** None of them matches, so that all is looked at. */
    private static final List<Map.Entry<String, String>> KINDS = List.of(
            Map.entry("literal", "quixotic_needle_42"),
            Map.entry("literal, any case", "(?i)Quixotic_Needle_42"),
            Map.entry("alternation and classes", "(user|admin|root)_[0-9]{4}@[a-z]+-lan\\.example\\.(org|net)"),
            Map.entry("three literals", "quixotic|vexillum|jackdaws_love"),
            Map.entry("two literals", "quixotic|vexillum"),
            Map.entry("short literals", "q[0-3]zx|kj_|jxq"),
            Map.entry(
                    "twelve literals",
                    "evil-[ab]\\.example|dropper\\.exe|/tmp/\\.x11-lock|mimikatz|beacon_dll|psexesvc|xmrig|cobaltstrike"
                            + "|lazagne|ncat -e|/dev/tcp/"),
            Map.entry("anchored literal", "^quixotic: "),
            Map.entry("common literal", "the [0-9]{9}"),
            Map.entry("classes without literal", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]"),
            Map.entry("words", "\\b[A-Z][a-z]+[0-9]\\w*\\b"),
            Map.entry("anchored class", "^[0-9]+$"),
            Map.entry("ends", "[A-Z]{2,} $"));

    private final PrintStream out;

    private RegexBench(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        Map<String, Long> options = new TreeMap<>(Map.of("--fuzz", 0L, "--seed", 1L, "--mib", 64L, "--repeat", 7L));
        for (int i = 0; i < args.length; i += 2) {
            if (!options.containsKey(args[i]) || i + 1 == args.length || !args[i + 1].matches("[0-9]{1,12}")) {
                System.err.print(USAGE);
                System.exit(2);
            }
            options.put(args[i], Long.parseLong(args[i + 1]));
        }
        RegexBench bench = new RegexBench(System.out);
        boolean right = true;
        if (options.get("--fuzz") > 0) {
            right = bench.fuzz(options.get("--fuzz"), options.get("--seed"));
        } else {
            bench.measure(
                    options.get("--mib").intValue(), options.get("--repeat").intValue());
        }
        System.exit(right ? 0 : 1);
    }

    private boolean fuzz(long expressions, long seed) {
        Fuzz fuzz = new Fuzz(seed, true);
        long start = System.nanoTime();
        for (long i = 0; i < expressions; i++) {
            try {
                fuzz.round();
            } catch (AssertionError e) {
                out.println("DIFFERENCE at expression " + i + " of seed " + seed + ": " + e.getMessage());
                return false;
            }
            if ((i + 1) % 100_000 == 0) {
                out.printf("%,d expressions, %.0f s: %s%n", i + 1, (System.nanoTime() - start) / 1e9, fuzz);
            }
        }
        out.printf(
                "%,d expressions of seed %d in %.0f s, 0 differences: %s%n",
                expressions, seed, (System.nanoTime() - start) / 1e9, fuzz);
        return true;
    }

    private void measure(int mib, int repeat) throws Exception {
        byte[] text = text(mib << 20);
        Path file = Files.createTempFile("mig-regex", ".txt");
        Path empty = Files.createTempFile("mig-regex", ".empty");
        try {
            Files.write(file, text);
            out.println("| kind | expression | MiB/s | first pass | RE2/J | rg -j1 | rg / ours |");
            out.println("|---|---|--:|--:|--:|--:|--:|");
            for (Map.Entry<String, String> kind : KINDS) {
                line(kind.getKey(), kind.getValue(), text, file, empty, repeat);
            }
        } finally {
            Files.delete(file);
            Files.delete(empty);
        }
    }

    private void line(String kind, String expression, byte[] text, Path file, Path empty, int repeat) throws Exception {
        BytePattern pattern = BytePattern.compile("bench", expression);
        double[] ours = new double[repeat];
        double[] theirs = new double[repeat];
        for (int i = 0; i < repeat; i++) {
            long start = cpu();
            if (scan(pattern, file)) {
                throw new IllegalStateException(expression + " matches");
            }
            ours[i] = rate(text.length, cpu() - start);
            theirs[i] = rate(text.length, Math.max(1, ripgrep(expression, file) - ripgrep(expression, empty)));
        }
        double first = ours[0];
        double ourMedian = median(ours);
        double theirMedian = median(theirs);
        out.printf(
                "| %s | `%s` | %,.0f | %,.0f | %,.0f | %,.0f | %.2f |%n",
                kind,
                expression.replace("|", "\\|"),
                ourMedian,
                first,
                judge(pattern, text),
                theirMedian,
                theirMedian / ourMedian);
    }

    private static double rate(int bytes, long nanoseconds) {
        return bytes / 1048576.0 / (nanoseconds / 1e9);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static boolean scan(BytePattern pattern, Path file) throws IOException {
        byte[] buffer = new byte[CHUNK];
        int kept = 0;
        try (FileChannel channel = FileChannel.open(file)) {
            int n;
            while ((n = channel.read(ByteBuffer.wrap(buffer, kept, CHUNK - kept))) >= 0) {
                int end = Lines.start(buffer, 0, kept + n);
                if (pattern.findLine(buffer, 0, end) >= 0) {
                    return true;
                }
                kept = kept + n - end;
                System.arraycopy(buffer, end, buffer, 0, kept);
            }
        }
        return pattern.findLine(buffer, 0, kept) >= 0;
    }

    /** RE2/J line by line, on the first MiB. */
    private static double judge(BytePattern pattern, byte[] text) {
        int bytes = Math.min(text.length, 1 << 20);
        double best = 0;
        for (int round = 0; round < 5; round++) {
            long start = cpu();
            for (int from = 0; from < bytes; ) {
                int end = Lines.end(text, from, bytes);
                if (pattern.judge().matcher(Utf8.decode(text, from, end - from)).find()) {
                    throw new IllegalStateException(pattern + " matches");
                }
                from = end + 1;
            }
            best = Math.max(best, rate(bytes, cpu() - start));
        }
        return best;
    }

    /** Of this thread. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** @return nanoseconds of processor time */
    private static long ripgrep(String expression, Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "TIMEFORMAT='%U %S'; time rg -j1 --no-mmap -q -e \"$0\" \"$1\"",
                        expression,
                        file.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 1 || !said.matches("[0-9.]+ [0-9.]+\\s*")) {
            throw new IOException("rg: " + said);
        }
        String[] seconds = said.trim().split(" ");
        return (long) ((Double.parseDouble(seconds[0]) + Double.parseDouble(seconds[1])) * 1e9);
    }

    /** Lines of words, numbers and signs, as in logs and prose; the same each time. */
    private static byte[] text(int length) {
        Random random = new Random(7);
        String[] words = new String[2000];
        for (int i = 0; i < words.length; i++) {
            words[i] = word(random, i);
        }
        StringBuilder out = new StringBuilder(length + 200);
        while (out.length() < length) {
            for (int n = 3 + random.nextInt(12); n > 0; n--) {
                // Some words are far more frequent than others.
                out.append(words[(int) (words.length * Math.pow(random.nextDouble(), 3))])
                        .append(' ');
            }
            out.append('\n');
        }
        out.setLength(length);
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String word(Random random, int i) {
        String letters =
                "eeeeeeeeeeetttttttttaaaaaaaaooooooonnnnnnniiiiiiissssssrrrrrrhhhhhhldddcccuummffppgwwyybbvkxjqz";
        if (i == 0) {
            return "the";
        }
        StringBuilder word = new StringBuilder();
        for (int n = 2 + random.nextInt(9); n > 0; n--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        switch (random.nextInt(10)) {
            case 0 -> word.setCharAt(0, Character.toUpperCase(word.charAt(0)));
            case 1 ->
                word.append(List.of(".", ",", ":", ";", "_", "-", "=", "/").get(random.nextInt(8)));
            case 2 -> {
                return Integer.toString(random.nextInt(100_000));
            }
            default -> {}
        }
        return word.toString();
    }
}
