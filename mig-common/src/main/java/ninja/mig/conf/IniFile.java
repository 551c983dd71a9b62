package ninja.mig.conf;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.ini4j.Config;
import org.ini4j.spi.IniHandler;
import org.ini4j.spi.IniParser;

/**
 * A configuration file in the dialect of git's: {@code [section]}, {@code key = value}, names without regard to case, a
 * comment from {@code ;} or {@code #} to the end of the line anywhere outside quotes, a value or parts of it in double
 * quotes, a backslash at the end of a line to continue it. A key without {@code =} is true; of a repeated key the last
 * one counts, except in lists.
 *
 * <p>Inside quotes {@code \"}, {@code \\}, {@code \n}, {@code \t} and {@code \b} are escapes, as in the original. Any other
 * backslash is refused, and each one outside quotes: a path of Windows that is written as it is would mean another one as
 * soon as a name begins with n, t or b.
 *
 * <p>A getter that meets a wrong or missing value notes the problem and returns the default, or an empty or lowest value:
 * call {@link #finish} before using what the getters returned. Every key must be asked for, even if its value does not
 * matter with the others given, since a key that nobody asked for is unknown and refused.
 */
public final class IniFile {
    private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]{1,15}");

    private final String name;
    private final Path folder;
    private final Map<String, Map<String, List<Entry>>> sections = new LinkedHashMap<>();
    private final Map<String, Integer> sectionLines = new LinkedHashMap<>();
    private final Map<String, TreeSet<String>> known = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** @param value what stands behind the equals sign, without quotes; empty for a key alone */
    private record Entry(Optional<String> value, int line) {}

    private record Problem(int line, String text) {}

    private IniFile(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    /** @throws ConfException if there is no such file or it cannot be read; what it contains is left to {@link #finish} */
    public static IniFile load(Path file) {
        try {
            return read(file.toString(), file.toAbsolutePath().getParent(), decode(Files.readAllBytes(file)));
        } catch (CharacterCodingException e) {
            throw new ConfException("configuration file " + file + " is not UTF-8 text");
        } catch (NoSuchFileException e) {
            throw new ConfException("configuration file " + file + " does not exist");
        } catch (IOException e) {
            throw new ConfException("cannot read configuration file " + file + ": " + e);
        }
    }

    /** Loads the first file that exists: where a program has several default names. */
    public static IniFile loadFirst(List<Path> candidates) {
        return load(firstExisting(candidates)
                .orElseThrow(() -> new ConfException("no configuration file: none of " + candidates + " exists")));
    }

    public static Optional<Path> firstExisting(List<Path> candidates) {
        return candidates.stream().filter(Files::exists).findFirst();
    }

    /**
     * Reads a text. Relative paths in it are taken from the working directory.
     *
     * @param name what messages call the text
     */
    public static IniFile parse(String name, String text) {
        return read(name, Path.of("").toAbsolutePath(), text);
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static IniFile read(String name, Path folder, String text) {
        IniFile file = new IniFile(name, folder);
        LogicalLines lines = new LogicalLines(
                text, (line, problem) -> file.problems.add(new Problem(line, file.name + ":" + line + ": " + problem)));
        file.fill(lines);
        return file;
    }

    private void fill(LogicalLines lines) {
        Config config = new Config();
        config.setEscape(false);
        config.setEmptyOption(true);
        config.setEmptySection(true);
        config.setInclude(false);
        try (Reader reader = lines) {
            IniParser.newInstance(config).parse(reader, new Content(lines));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot parse " + name, e);
        }
    }

    /** Collects what ini4j finds. */
    private final class Content implements IniHandler {
        private final LogicalLines lines;
        private String section = "";

        Content(LogicalLines lines) {
            this.lines = lines;
        }

        @Override
        public void startSection(String sectionName) {
            section = lower(sectionName);
            sections.computeIfAbsent(section, s -> new LinkedHashMap<>());
            sectionLines.putIfAbsent(section, lines.line());
        }

        @Override
        public void handleOption(String key, String raw) {
            String option = lower(key);
            try {
                Optional<String> value = Optional.ofNullable(raw).map(IniFile::unquote);
                sections.get(section)
                        .computeIfAbsent(option, k -> new ArrayList<>())
                        .add(new Entry(value, lines.line()));
            } catch (IllegalArgumentException e) {
                note(section, option, lines.line(), e.getMessage());
                known(section, option);
            }
        }

        @Override
        public void startIni() {
            // The first section follows.
        }

        @Override
        public void endSection() {
            // The next one follows.
        }

        @Override
        public void endIni() {
            // Complete.
        }

        @Override
        public void handleComment(String comment) {
            // LogicalLines has removed them.
        }
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** Removes quotes, and blanks outside of them at both ends. */
    private static String unquote(String raw) {
        StringBuilder out = new StringBuilder();
        boolean quoted = false;
        int keep = 0; // what is before this index survives the trimming of trailing blanks
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '"') {
                quoted = !quoted;
                keep = out.length();
            } else if (c == '\\' && !quoted) {
                throw new IllegalArgumentException(
                        "contains a backslash; put the value in quotes, and write \\\\ there");
            } else if (c == '\\') {
                out.append(escaped(raw.charAt(++i)));
                keep = out.length();
            } else {
                out.append(c);
                if (quoted || !Character.isWhitespace(c)) {
                    keep = out.length();
                }
            }
        }
        out.setLength(keep);
        return out.toString();
    }

    /** What stands behind a backslash in quotes; there is something, since each line has its closing quotes. */
    private static char escaped(char c) {
        return switch (c) {
            case '"', '\\' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'b' -> '\b';
            default ->
                throw new IllegalArgumentException(
                        "contains a backslash that begins none of \\\\ \\\" \\n \\t \\b; write \\\\ for a backslash");
        };
    }

    /** What messages call this file: its path. */
    public String name() {
        return name;
    }

    /** Whether the key is there, with or without a value. */
    public boolean has(String section, String key) {
        return !entries(section, key).isEmpty();
    }

    /** A text that must be there and must not be empty. */
    public String string(String section, String key) {
        return value(section, key).filter(v -> !v.isEmpty()).orElseGet(() -> {
            missing(section, key);
            return "";
        });
    }

    /** A text that may be left out; if it is there and empty, it is empty. */
    public String string(String section, String key, String defaultValue) {
        return value(section, key).orElse(defaultValue);
    }

    /** A text, if it is there and not empty. */
    public Optional<String> optional(String section, String key) {
        return value(section, key).filter(v -> !v.isEmpty());
    }

    /** Every value of a key that may be repeated, in order; empty ones are left out. */
    public List<String> list(String section, String key) {
        return entries(section, key).stream()
                .flatMap(e -> e.value().stream())
                .filter(v -> !v.isEmpty())
                .toList();
    }

    /** The keys and values of a section whose keys are free. */
    public Map<String, String> free(String section) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : sections.getOrDefault(lower(section), Map.of()).keySet()) {
            values.put(key, string(section, key, ""));
        }
        known.computeIfAbsent(lower(section), s -> new TreeSet<>());
        return values;
    }

    /** A number from {@code min} to {@code max} that must be there. */
    public int integer(String section, String key, int min, int max) {
        if (!has(section, key)) {
            missing(section, key);
            return min;
        }
        return integer(section, key, min, min, max);
    }

    /** A number from {@code min} to {@code max}, decimal or {@code 0x}. */
    public int integer(String section, String key, int defaultValue, int min, int max) {
        return (int) longInteger(section, key, defaultValue, min, max);
    }

    /** As {@link #integer(String, String, int, int, int)}, for numbers of bytes and the like. */
    public long longInteger(String section, String key, long defaultValue, long min, long max) {
        Optional<String> text = value(section, key);
        if (text.isEmpty()) {
            return defaultValue;
        }
        Optional<Long> number = text.flatMap(IniFile::number).filter(n -> n >= min && n <= max);
        return number.orElseGet(() -> {
            expected(section, key, text.get(), "a number from " + min + " to " + max);
            return defaultValue;
        });
    }

    private static Optional<Long> number(String text) {
        if (DECIMAL.matcher(text).matches()) {
            return Optional.of(Long.valueOf(text));
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return Optional.of(Long.valueOf(text.substring(2), 16));
        }
        return Optional.empty();
    }

    /** {@code true yes on 1} or {@code false no off 0}; a key without {@code =} is true. */
    public boolean bool(String section, String key, boolean defaultValue) {
        List<Entry> entries = entries(section, key);
        if (entries.isEmpty()) {
            return defaultValue;
        }
        Optional<String> text = entries.get(entries.size() - 1).value();
        return switch (lower(text.orElse("true"))) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> {
                expected(section, key, text.get(), "on or off");
                yield defaultValue;
            }
        };
    }

    /** A duration such as {@code 1h30m}, from {@code min} to {@code max}. */
    public Duration duration(String section, String key, Duration defaultValue, Duration min, Duration max) {
        Optional<String> text = value(section, key);
        if (text.isEmpty()) {
            return defaultValue;
        }
        Optional<Duration> duration =
                text.flatMap(IniFile::duration).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0);
        return duration.orElseGet(() -> {
            String rule = "a duration from " + GoDuration.format(min) + " to " + GoDuration.format(max);
            expected(section, key, text.get(), rule);
            return defaultValue;
        });
    }

    private static Optional<Duration> duration(String text) {
        return GoDuration.isValid(text) ? Optional.of(GoDuration.parse(text)) : Optional.empty();
    }

    /** One of several words, in any case. */
    public String word(String section, String key, String defaultValue, String... words) {
        Optional<String> text = value(section, key);
        if (text.isEmpty()) {
            return defaultValue;
        }
        return Arrays.stream(words)
                .filter(w -> w.equalsIgnoreCase(text.get()))
                .findFirst()
                .orElseGet(() -> {
                    expected(section, key, text.get(), oneOf(words));
                    return defaultValue;
                });
    }

    private static String oneOf(String... words) {
        return words.length == 1 ? words[0] : "one of " + String.join(", ", words);
    }

    /** A path; a relative one is taken from the folder of this file. */
    public Optional<Path> path(String section, String key) {
        return rawPath(section, key).map(folder::resolve);
    }

    /** A path that must not be relative, since the program does not run where its file lies. */
    public Optional<Path> absolutePath(String section, String key) {
        Optional<Path> path = rawPath(section, key);
        if (path.isPresent() && !path.get().isAbsolute()) {
            expected(section, key, path.get().toString(), "an absolute path");
        }
        return path;
    }

    private Optional<Path> rawPath(String section, String key) {
        Optional<String> text = optional(section, key);
        try {
            return text.map(Path::of);
        } catch (InvalidPathException e) {
            expected(section, key, text.get(), "a path");
            return Optional.empty();
        }
    }

    /** Notes what is wrong with the value of a key, as a rule that it breaks: {@code must be ...}. */
    public void problem(String section, String key, String rule) {
        noteLast(entries(section, key), section, key, rule);
    }

    /** As {@link #problem(String, String, String)}, for one value of a key that may be repeated: names the line that has it. */
    public void problem(String section, String key, String value, String rule) {
        List<Entry> entries = entries(section, key).stream()
                .filter(entry -> entry.value().filter(value::equals).isPresent())
                .toList();
        noteLast(entries, section, key, rule);
    }

    private void noteLast(List<Entry> entries, String section, String key, String rule) {
        int line = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).line();
        note(lower(section), lower(key), line, rule);
    }

    /** Notes that a key that must be there is not. */
    public void missing(String section, String key) {
        problem(section, key, "is missing");
    }

    private void expected(String section, String key, String value, String rule) {
        problem(section, key, "is '" + value + "', expected " + rule);
    }

    private void note(String section, String key, int line, String text) {
        String where = line == 0 ? name : name + ":" + line;
        problems.add(new Problem(line, "[" + section + "] " + key + " in " + where + " " + text));
    }

    private Optional<String> value(String section, String key) {
        List<Entry> entries = entries(section, key);
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        Entry last = entries.get(entries.size() - 1);
        if (last.value().isEmpty()) {
            note(lower(section), lower(key), last.line(), "has no value");
        }
        return last.value();
    }

    private List<Entry> entries(String section, String key) {
        known(lower(section), lower(key));
        return sections.getOrDefault(lower(section), Map.of()).getOrDefault(lower(key), List.of());
    }

    private void known(String section, String key) {
        known.computeIfAbsent(section, s -> new TreeSet<>()).add(key);
    }

    /**
     * Ends the reading, after the last key was asked for.
     *
     * @throws ConfException with every problem, in the order of the file, if there is any
     */
    public void finish() {
        List<Problem> all = new ArrayList<>(problems);
        sections.forEach((section, keys) -> {
            if (known.containsKey(section)) {
                unknownKeys(section, keys, all);
            } else {
                all.add(unknownSection(section));
            }
        });
        if (!all.isEmpty()) {
            all.sort((a, b) -> Integer.compareUnsigned(a.line() - 1, b.line() - 1)); // those without a line last
            throw new ConfException(all.stream().map(Problem::text).distinct().toList());
        }
    }

    private void unknownKeys(String section, Map<String, List<Entry>> keys, List<Problem> all) {
        keys.forEach((key, entries) -> {
            if (!known.get(section).contains(key)) {
                int line = entries.get(0).line();
                String hint = Nearest.hint(key, known.get(section));
                all.add(new Problem(
                        line, "[" + section + "] " + key + " in " + name + ":" + line + " is unknown" + hint));
            }
        });
    }

    private Problem unknownSection(String section) {
        int line = sectionLines.get(section);
        String hint = Nearest.hint(section, known.keySet());
        return new Problem(line, "[" + section + "] in " + name + ":" + line + " is an unknown section" + hint);
    }

    /** Values may be secrets: only the name is shown. */
    @Override
    public String toString() {
        return name;
    }
}
