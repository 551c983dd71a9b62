package ninja.mig.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The text that signatures of an action cover. Compilers of the original differed in how they print numbers and tabs, so
 * there are several forms of one action; programs sign {@link #C19} and accept a signature over any of them.
 */
public enum CanonicalForm {
    /** What this version signs: Go 1.8 to 1.21. */
    C19(GoNumber.E_FORM),
    /** Go 1.4 to 1.7. */
    C15(GoNumber.G_FORM),
    /** Go 1.2 and 1.3. */
    C12(GoNumber.G_FORM),
    /** Go 1.22 and later. */
    C22(GoNumber.E_FORM);

    private static final String HEX = "0123456789abcdef";

    private final GoNumber numbers;

    CanonicalForm(GoNumber numbers) {
        this.numbers = numbers;
    }

    /** The distinct texts of an action, in the order in which a verifier tries them. */
    public static Set<String> allOf(Action action) {
        Set<String> texts = new LinkedHashSet<>();
        for (CanonicalForm form : values()) {
            texts.add(form.of(action));
        }
        return texts;
    }

    /** The text of an action in this form; name and target stand in it as they are. */
    public String of(Action action) {
        StringBuilder out = new StringBuilder(256);
        out.append("name=").append(action.name());
        out.append(";target=").append(action.target());
        out.append(";validfrom=").append(action.validFrom().getEpochSecond());
        // The original formats the expiry with a string verb, which Go reports in place as %!s(int64=N). Signatures
        // cover those bytes, so they are part of the format.
        out.append(";expireafter=%!s(int64=")
                .append(action.expireAfter().getEpochSecond())
                .append(')');
        out.append(";operations=");
        operations(out, action.operations());
        return out.append(';').toString();
    }

    private void operations(StringBuilder out, List<Operation> operations) {
        if (operations.isEmpty()) {
            out.append("null");
            return;
        }
        char separator = '[';
        for (Operation operation : operations) {
            out.append(separator).append("{\"module\":");
            string(out, operation.module());
            out.append(",\"parameters\":");
            value(out, operation.parameters());
            if (operation.isCompressed()) {
                out.append(",\"is_compressed\":true");
            }
            if (operation.wantCompressed()) {
                out.append(",\"want_compressed\":true");
            }
            out.append('}');
            separator = ',';
        }
        out.append(']');
    }

    private void value(StringBuilder out, JsonNode node) {
        if (node.isObject()) {
            object(out, node);
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                value(out, node.get(i));
            }
            out.append(']');
        } else if (node.isNumber()) {
            out.append(numbers.print(node.doubleValue()));
        } else if (node.isTextual()) {
            string(out, node.textValue());
        } else {
            out.append(node.asText("null"));
        }
    }

    private void object(StringBuilder out, JsonNode node) {
        List<String> names = new ArrayList<>(node.size());
        node.fieldNames().forEachRemaining(names::add);
        names.sort((a, b) -> Arrays.compareUnsigned(utf8(a), utf8(b)));
        out.append('{');
        for (int i = 0; i < names.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            string(out, names.get(i));
            out.append(':');
            value(out, node.get(names.get(i)));
        }
        out.append('}');
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String escape = shortEscape(c);
            if (escape != null) {
                out.append(escape);
            } else if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(HEX.charAt(c >> shift & 0xf));
                }
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private String shortEscape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> this == C12 ? null : "\\t";
            case '\b' -> this == C22 ? "\\b" : null;
            case '\f' -> this == C22 ? "\\f" : null;
            default -> null;
        };
    }
}
