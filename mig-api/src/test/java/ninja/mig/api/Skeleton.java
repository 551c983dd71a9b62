package ninja.mig.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import ninja.mig.model.Times;

/** Compares an answer with a skeleton: JSON in which strings such as {@code <int>} stand for any value of a kind. */
final class Skeleton {
    private static final String OPEN = "...";
    private static final String EACH = "<each>";

    private final List<String> differences = new ArrayList<>();

    private Skeleton() {}

    /** Nothing if the answer matches. */
    static List<String> differences(JsonNode skeleton, JsonNode answer) {
        Skeleton comparison = new Skeleton();
        comparison.compare("", skeleton, answer);
        return comparison.differences;
    }

    /** As {@link #differences(JsonNode, JsonNode)}, for a plain text. */
    static boolean matches(String skeleton, String answer) {
        return kind(skeleton).isEmpty() ? skeleton.equals(answer) : isOfKind(skeleton, answer);
    }

    private void compare(String path, JsonNode skeleton, JsonNode answer) {
        if (skeleton.isObject()) {
            compareObjects(path, skeleton, answer);
        } else if (skeleton.isArray()) {
            compareArrays(path, skeleton, answer);
        } else if (skeleton.isTextual() && !kind(skeleton.textValue()).isEmpty()) {
            check(isOfKind(skeleton.textValue(), answer), path, skeleton, answer);
        } else if (skeleton.isNumber()) {
            boolean same = answer.isNumber() && answer.decimalValue().compareTo(skeleton.decimalValue()) == 0;
            check(same, path, skeleton, answer);
        } else {
            check(skeleton.equals(answer), path, skeleton, answer);
        }
    }

    private void compareObjects(String path, JsonNode skeleton, JsonNode answer) {
        if (!answer.isObject()) {
            check(false, path, skeleton, answer);
            return;
        }
        skeleton.properties().forEach(member -> {
            String name = member.getKey();
            if (name.equals(OPEN)) {
                return;
            }
            if (answer.has(name)) {
                compare(path + "/" + name, member.getValue(), answer.get(name));
            } else {
                differences.add(path + "/" + name + " is missing");
            }
        });
        if (!skeleton.has(OPEN)) {
            answer.properties().forEach(member -> {
                if (!skeleton.has(member.getKey())) {
                    differences.add(path + "/" + member.getKey() + " is not expected: " + member.getValue());
                }
            });
        }
    }

    private void compareArrays(String path, JsonNode skeleton, JsonNode answer) {
        boolean each = skeleton.size() == 1 && skeleton.get(0).has(EACH);
        if (!answer.isArray() || (each ? answer.isEmpty() : answer.size() != skeleton.size())) {
            check(false, path, skeleton, answer);
            return;
        }
        for (int i = 0; i < answer.size(); i++) {
            compare(path + "/" + i, each ? skeleton.get(0).get(EACH) : skeleton.get(i), answer.get(i));
        }
    }

    private void check(boolean good, String path, JsonNode skeleton, JsonNode answer) {
        if (!good) {
            differences.add(path + ": expected " + skeleton + ", found " + answer);
        }
    }

    /** What stands between angle brackets; empty for a literal. */
    private static String kind(String skeleton) {
        return skeleton.startsWith("<") && skeleton.endsWith(">") ? skeleton.substring(1, skeleton.length() - 1) : "";
    }

    private static boolean isOfKind(String skeleton, JsonNode answer) {
        return switch (kind(skeleton)) {
            case "any" -> true;
            case "int" -> answer.isNumber() && answer.doubleValue() == Math.rint(answer.doubleValue());
            case "number" -> answer.isNumber();
            default -> answer.isTextual() && isOfKind(skeleton, answer.textValue());
        };
    }

    private static boolean isOfKind(String skeleton, String text) {
        String kind = kind(skeleton);
        return switch (kind) {
            case "any", "string" -> true;
            case "nonempty" -> !text.isEmpty();
            case "id-string" -> text.matches("[0-9]+");
            case "rfc3339" -> isTime(text);
            case "base64" -> text.matches("[A-Za-z0-9+/]+={0,2}");
            default -> {
                if (!kind.startsWith("match:")) {
                    throw new IllegalArgumentException("unknown skeleton " + skeleton);
                }
                yield Pattern.compile(kind.substring("match:".length()), Pattern.DOTALL)
                        .matcher(text)
                        .matches();
            }
        };
    }

    private static boolean isTime(String text) {
        try {
            Times.parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
