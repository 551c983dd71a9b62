package ninja.mig.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns for people, in Markdown, so that they can go into the documentation: the first one flush left, the others flush right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
    }

    void add(String... cells) {
        rows.add(List.of(cells));
    }

    void print(PrintStream out) {
        print(out, rows.get(0));
        StringBuilder rule = new StringBuilder("|");
        for (int column = 0; column < rows.get(0).size(); column++) {
            rule.append("-".repeat(width(column) + 1)).append(column == 0 ? "-|" : ":|");
        }
        out.println(rule);
        rows.subList(1, rows.size()).forEach(row -> print(out, row));
        out.println();
    }

    private void print(PrintStream out, List<String> row) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < row.size(); column++) {
            String form = " %" + (column == 0 ? "-" : "") + width(column) + "s |";
            line.append(form.formatted(row.get(column)));
        }
        out.println(line);
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
    }
}
