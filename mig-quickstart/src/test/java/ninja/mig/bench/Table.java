package ninja.mig.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns for people: the first one flush left, the others flush right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(List.of(heads));
    }

    void add(String... cells) {
        rows.add(List.of(cells));
    }

    void print(PrintStream out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String form = column == 0 ? "%-" + width(column) + "s" : "  %" + width(column) + "s";
                line.append(form.formatted(row.get(column)));
            }
            out.println(line);
        }
        out.println();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
    }
}
