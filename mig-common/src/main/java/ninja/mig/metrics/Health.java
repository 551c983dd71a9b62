package ninja.mig.metrics;

import java.util.List;
import java.util.stream.Collectors;

/** How the parts of a program are. One that is ill makes the whole ill. */
public record Health(List<Part> parts) {
    /** @param text what there is to say about it, without anything secret */
    public record Part(String name, boolean good, String text) {
        public static Part good(String name, String text) {
            return new Part(name, true, text);
        }

        public static Part bad(String name, String text) {
            return new Part(name, false, text);
        }
    }

    public Health {
        parts = List.copyOf(parts);
    }

    public boolean isGood() {
        return parts.stream().allMatch(Part::good);
    }

    /** A line for each part: {@code relay ok: connected}. */
    public String text() {
        return parts.stream()
                .map(p ->
                        p.name() + (p.good() ? " ok: " : " FAILED: ") + p.text().replaceAll("\\s+", " ") + "\n")
                .collect(Collectors.joining());
    }
}
