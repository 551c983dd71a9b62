package ninja.mig.modules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What {@code docs/modules/<name>.md} says: the flags, the dialog's names and the keys in its tables that have a column
 * {@code flag}, {@code dialog} or {@code key}; without a column {@code dialog} the dialog has the names of the flags. A column
 * {@code key in `options`} holds members of {@code options}; {@code same} stands for the names of the flags.
 *
 * @param words everything between backticks
 */
record ModulePage(Set<String> flags, Set<String> dialog, Set<String> keys, Set<String> words) {
    private static final Pattern WORDS = Pattern.compile("`([^`]+)`");

    static Path file(String module) {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(root.resolve("docs/modules"))) {
            root = root.getParent();
        }
        return root.resolve("docs/modules").resolve(module + ".md");
    }

    static ModulePage of(String module) throws IOException {
        ModulePage page = new ModulePage(
                new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
        List<String> header = List.of();
        for (String line : Files.readAllLines(file(module))) {
            page.words.addAll(words(line));
            if (!line.startsWith("|")) {
                header = List.of();
            } else if (header.isEmpty()) {
                header = cells(line);
            } else if (!line.startsWith("|---")) {
                page.row(header, cells(line));
            }
        }
        return page;
    }

    private void row(List<String> header, List<String> cells) {
        List<String> named = header.contains("flag") ? names(cells.get(header.indexOf("flag"))) : List.of();
        flags.addAll(named);
        dialog.addAll(header.contains("dialog") ? names(cells.get(header.indexOf("dialog"))) : named);
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).equals("key") || header.get(i).startsWith("key in ")) {
                String parent =
                        header.get(i).equals("key") ? "" : words(header.get(i)).get(0) + ".";
                List<String> own = cells.get(i).equals("same") ? named : names(cells.get(i));
                own.forEach(key -> keys.add(parent + key));
            }
        }
    }

    private static List<String> cells(String row) {
        return List.of(row.substring(1).split("(?<!\\\\)\\|", -1)).stream()
                .map(String::strip)
                .toList();
    }

    private static List<String> names(String cell) {
        return words(cell).stream().map(word -> word.replaceFirst("^-", "")).toList();
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        WORDS.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(code -> words.addAll(List.of(code.strip().split("\\s+"))));
        return words;
    }
}
