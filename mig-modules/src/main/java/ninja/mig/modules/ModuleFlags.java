package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The short form of a module's parameters on the command line: {@code -flag value} or {@code -flag=value}, one dash or two,
 * switches without a value, list flags repeated.
 */
public final class ModuleFlags {
    /** What stands behind a flag. */
    private enum Kind {
        LIST,
        VALUE,
        SWITCH
    }

    private record Flag(Kind kind, String placeholder, String description) {}

    /** What was given on the command line. */
    public static final class Given {
        private final Map<String, List<String>> values = new LinkedHashMap<>();

        /** Every value of a flag, in order. */
        public List<String> list(String flag) {
            return values.getOrDefault(flag, List.of());
        }

        /** The last value of a flag. */
        public String value(String flag, String otherwise) {
            List<String> all = list(flag);
            return all.isEmpty() ? otherwise : all.get(all.size() - 1);
        }

        /** The last value of a flag, a number from 0. */
        public long number(String flag, long otherwise) throws InvalidParametersException {
            String text = value(flag, Long.toString(otherwise));
            if (!text.matches("[0-9]{1,15}")) {
                throw new InvalidParametersException(
                        "-" + flag + " is '" + text + "', expected a whole number from 0 to " + "9".repeat(15));
            }
            return Long.parseLong(text);
        }

        /** The last value of a flag, a number from 0 that may be written as an address: {@code 0x7f00}. */
        public long address(String flag, long otherwise) throws InvalidParametersException {
            String text = value(flag, "");
            return text.matches("0[xX][0-9a-fA-F]{1,12}")
                    ? Long.parseLong(text.substring(2), 16)
                    : number(flag, otherwise);
        }

        public boolean isOn(String flag, boolean otherwise) {
            return Boolean.parseBoolean(value(flag, Boolean.toString(otherwise)));
        }
    }

    /** Makes parameters of what was given. */
    public interface ToParameters {
        JsonNode of(Given given) throws InvalidParametersException;
    }

    private final Map<String, Flag> flags = new LinkedHashMap<>();
    private final List<String> conditions = new ArrayList<>();
    private final String intro;
    private final String outro;
    private final boolean needsWords;
    private final ToParameters toParameters;
    private final Checker checker;

    /** Refuses parameters that the module would refuse. */
    private interface Checker {
        void check(JsonNode parameters) throws InvalidParametersException;
    }

    /**
     * @param needsWords whether no flag at all means that help is wanted
     * @param intro what the help says before the flags
     * @param outro what it says behind them
     */
    public ModuleFlags(Module<?> module, boolean needsWords, String intro, String outro, ToParameters toParameters) {
        this.needsWords = needsWords;
        this.intro = intro;
        this.outro = outro;
        this.toParameters = toParameters;
        this.checker = module::bind;
    }

    /** A flag that may be repeated. */
    public ModuleFlags list(String name, String placeholder, String description) {
        flags.put(name, new Flag(Kind.LIST, placeholder, description));
        return this;
    }

    /** A flag with one value. */
    public ModuleFlags value(String name, String placeholder, String description) {
        flags.put(name, new Flag(Kind.VALUE, placeholder, description));
        return this;
    }

    /** A flag that is on when it is there, or {@code -flag=true|false}. */
    public ModuleFlags toggle(String name, String description) {
        flags.put(name, new Flag(Kind.SWITCH, "", description));
        return this;
    }

    /** Without one of these flags nothing would be looked for. */
    public ModuleFlags needsOneOf(List<String> names) {
        conditions.addAll(names);
        return this;
    }

    /** Every flag, without dashes, in the order of the help. */
    public List<String> names() {
        return List.copyOf(flags.keySet());
    }

    /** Whether there is a flag of this name, without dashes. */
    public boolean knows(String name) {
        return flags.containsKey(name);
    }

    /** Whether a flag of this name is followed by a value. */
    public boolean takesValue(String name) {
        return knows(name) && flags.get(name).kind() != Kind.SWITCH;
    }

    public boolean needsWords() {
        return needsWords;
    }

    /** The module's help. */
    public String help() {
        return intro + "\n" + flagsHelp("-") + outro;
    }

    /** One line for each flag. */
    String flagsHelp(String dash) {
        StringBuilder out = new StringBuilder();
        flags.forEach((name, flag) -> {
            String left = "  " + dash + name + (flag.placeholder().isEmpty() ? "" : " <" + flag.placeholder() + ">");
            out.append("%-26s %s%n".formatted(left, flag.description()));
        });
        return out.toString();
    }

    /**
     * Turns words into parameters, checked.
     *
     * @throws InvalidParametersException names the word and the rule
     */
    public JsonNode parse(List<String> words) throws InvalidParametersException {
        Given given = given(words);
        JsonNode parameters = toParameters.of(given);
        check(parameters);
        if (!conditions.isEmpty()
                && conditions.stream().allMatch(name -> given.list(name).isEmpty())) {
            throw new InvalidParametersException(
                    "nothing is looked for: one of -" + String.join(", -", conditions) + " is needed");
        }
        return parameters;
    }

    /** Refuses parameters that the module would refuse. */
    void check(JsonNode parameters) throws InvalidParametersException {
        checker.check(parameters);
    }

    /** Turns words into parameters that nobody has checked. */
    JsonNode build(List<String> words) throws InvalidParametersException {
        return toParameters.of(given(words));
    }

    private Given given(List<String> words) throws InvalidParametersException {
        Given given = new Given();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("-") || word.equals("-") || word.equals("--")) {
                throw new InvalidParametersException("'" + word + "' is not an option");
            }
            String body = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            Flag flag = flags.get(name);
            if (flag == null) {
                throw new InvalidParametersException("unknown option -" + name);
            }
            String value;
            if (equals >= 0) {
                value = body.substring(equals + 1);
            } else if (flag.kind() == Kind.SWITCH) {
                value = "true";
            } else if (++i < words.size()) {
                value = words.get(i);
            } else {
                throw new InvalidParametersException("option -" + name + " needs a value");
            }
            if (flag.kind() == Kind.SWITCH && !value.equals("true") && !value.equals("false")) {
                throw new InvalidParametersException("-" + name + " is '" + value + "', expected true or false");
            }
            given.values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        return given;
    }
}
