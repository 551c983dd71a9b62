package ninja.mig.modules.pkg;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import ninja.mig.json.Utf8;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Reason;
import ninja.mig.modules.Regex;
import ninja.mig.modules.file.FileLookup;

/** Evaluates the definitions of one document on this host. What is not understood is an error, never a verdict. */
final class OvalEvaluation {
    /** In bytes. */
    private static final int LARGEST_FILE = 1024 * 1024;

    /** Definitions that extend one another. */
    private static final int DEEPEST = 100;

    /** How a definition ends. */
    enum Outcome {
        TRUE,
        FALSE,
        ERROR;

        static Outcome of(boolean verdict) {
            return verdict ? TRUE : FALSE;
        }

        Outcome negatedIf(boolean negated) {
            return this == ERROR || !negated ? this : of(this == FALSE);
        }
    }

    /** Something that is not understood, or not known. */
    private static final class OvalException extends Exception {
        private static final long serialVersionUID = 1L;

        OvalException(String message) {
            super(message);
        }

        OvalException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final OvalDocument document;
    private final Map<String, List<InstalledPackage>> packages;
    private final BooleanSupplier mustStop;
    private final Map<String, Outcome> tests = new HashMap<>();
    private final Map<String, Outcome> definitions = new HashMap<>();
    private final Map<String, Pattern> patterns = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** @param packages by their type, a blank, and their name without architecture */
    OvalEvaluation(OvalDocument document, Map<String, List<InstalledPackage>> packages, BooleanSupplier mustStop) {
        this.document = document;
        this.packages = packages;
        this.mustStop = mustStop;
    }

    /** Why outcomes are errors, each reason once. */
    List<String> problems() {
        return problems;
    }

    Outcome definition(String id) {
        return definition(id, 1);
    }

    private Outcome definition(String id, int depth) {
        Outcome known = definitions.get(id);
        if (known != null) {
            return known;
        }
        OvalDocument.Definition definition = document.definitions().get(id);
        // While it is evaluated it is an error: for whoever comes back to it, it depends on itself.
        definitions.put(id, Outcome.ERROR);
        Outcome outcome = definition == null || depth > DEEPEST
                ? error(id, "a definition that is not there, or that too many extend")
                : criterion(id, definition.criteria(), depth);
        definitions.put(id, outcome);
        return outcome;
    }

    private Outcome criterion(String definition, OvalDocument.Criterion criterion, int depth) {
        Outcome outcome;
        if (criterion instanceof OvalDocument.Criteria criteria) {
            outcome = criteria(definition, criteria, depth);
        } else if (criterion instanceof OvalDocument.TestReference test) {
            outcome = tests.computeIfAbsent(test.id(), this::test);
        } else {
            outcome = definition(((OvalDocument.DefinitionReference) criterion).id(), depth + 1);
        }
        return outcome.negatedIf(criterion.negated());
    }

    private Outcome criteria(String definition, OvalDocument.Criteria criteria, int depth) {
        boolean and = criteria.operator().equals("AND");
        if (!and && !criteria.operator().equals("OR")) {
            return error(definition, "operator " + criteria.operator() + " of its criteria is not known");
        }
        if (criteria.children().isEmpty()) {
            return error(definition, "there is nothing in its criteria");
        }
        boolean all = true;
        boolean any = false;
        for (OvalDocument.Criterion child : criteria.children()) {
            Outcome outcome = mustStop.getAsBoolean() ? Outcome.ERROR : criterion(definition, child, depth);
            if (outcome == Outcome.ERROR) {
                return Outcome.ERROR;
            }
            all &= outcome == Outcome.TRUE;
            any |= outcome == Outcome.TRUE;
        }
        return Outcome.of(and ? all : any);
    }

    private Outcome error(String id, String reason) {
        String text = "ERROR: " + id + ": " + reason;
        if (problems.size() < 100 && !problems.contains(text)) {
            problems.add(text);
        }
        return Outcome.ERROR;
    }

    private Outcome test(String id) {
        OvalDocument.Item test = document.items().get(id);
        if (test == null) {
            return error(id, "there is no such test");
        }
        try {
            return Outcome.of(
                    switch (test.kind()) {
                        case "rpminfo_test" -> packageTest(test, "rpm");
                        case "dpkginfo_test" -> packageTest(test, "dpkg");
                        case "textfilecontent54_test" -> textTest(test);
                        default -> throw new OvalException("a " + test.kind() + " is not known here");
                    });
        } catch (OvalException e) {
            return error(id, e.getMessage());
        }
    }

    private Map<String, OvalDocument.Entity> referenced(OvalDocument.Item test, String kind) throws OvalException {
        List<OvalDocument.Item> found = new ArrayList<>();
        for (String id : test.references()) {
            OvalDocument.Item item = document.items().get(id);
            if (item == null) {
                throw new OvalException(id + " is not there");
            }
            if (item.kind().endsWith(kind)) {
                found.add(item);
            }
        }
        boolean isObject = kind.equals("_object");
        if (found.size() > 1 || isObject && found.isEmpty()) {
            throw new OvalException("a test with " + found.size() + " of " + kind.substring(1));
        }
        return found.isEmpty() ? Map.of() : found.get(0).entities();
    }

    private boolean packageTest(OvalDocument.Item test, String type) throws OvalException {
        String name = literal(referenced(test, "_object"), "name");
        Map<String, OvalDocument.Entity> state = referenced(test, "_state");
        List<InstalledPackage> installed = installed(type, name);
        if (test.existence().equals("none_exist")) {
            return installed.isEmpty();
        }
        if (!test.existence().isEmpty() && !test.existence().matches("at_least_one_exists|all_exist")) {
            throw new OvalException("check_existence " + test.existence() + " is not known here");
        }
        for (InstalledPackage each : installed) {
            boolean holds = true;
            for (Map.Entry<String, OvalDocument.Entity> entity : state.entrySet()) {
                holds &= holds(each, entity.getKey(), entity.getValue());
            }
            if (holds) {
                return true;
            }
        }
        return false;
    }

    private List<InstalledPackage> installed(String type, String name) {
        List<InstalledPackage> installed = packages.getOrDefault(type + " " + name, List.of());
        if (!installed.isEmpty() || !name.equals("redhat-release-server")) {
            return installed;
        }
        // Definitions for Red Hat 6 are used on CentOS 6, whose package has another name.
        return packages.getOrDefault(type + " centos-release", List.of()).stream()
                .filter(p -> p.version().matches("(0:)?6(\\D.*)?"))
                .toList();
    }

    private boolean holds(InstalledPackage installed, String name, OvalDocument.Entity entity) throws OvalException {
        return switch (name) {
            case "evr" -> compares(PackageVersion.compare(installed.version(), entity.value()), entity.operation());
            case "version" -> matches(PackageVersion.versionOf(installed.version()), entity);
            case "arch" -> matches(installed.arch(), entity);
            case "signature_keyid", "notes" -> true;
            default -> throw new OvalException("a state with " + name + " is not known here");
        };
    }

    private static boolean compares(int comparison, String operation) throws OvalException {
        return switch (operation) {
            case "equals" -> comparison == 0;
            case "less than" -> comparison < 0;
            case "less than or equal" -> comparison <= 0;
            case "greater than" -> comparison > 0;
            case "greater than or equal" -> comparison >= 0;
            default -> throw new OvalException("operation '" + operation + "' on versions is not known here");
        };
    }

    private boolean matches(String text, OvalDocument.Entity entity) throws OvalException {
        return switch (entity.operation()) {
            case "equals" -> text.equals(entity.value());
            case "pattern match" -> pattern(entity.value()).matcher(text).find();
            default -> throw new OvalException("operation '" + entity.operation() + "' is not known here");
        };
    }

    private static String literal(Map<String, OvalDocument.Entity> object, String name) throws OvalException {
        OvalDocument.Entity entity = object.get(name);
        if (entity == null || entity.value().isEmpty() || !entity.operation().equals("equals")) {
            throw new OvalException("an object without a plain " + name);
        }
        return entity.value();
    }

    private boolean textTest(OvalDocument.Item test) throws OvalException {
        Map<String, OvalDocument.Entity> object = referenced(test, "_object");
        String file = object.containsKey("filepath")
                ? literal(object, "filepath")
                : literal(object, "path") + "/" + literal(object, "filename");
        OvalDocument.Entity pattern = object.get("pattern");
        if (pattern == null || !pattern.operation().equals("pattern match")) {
            throw new OvalException("an object without a pattern");
        }
        Map<String, OvalDocument.Entity> state = referenced(test, "_state");
        Optional<OvalDocument.Entity> expected = Optional.ofNullable(state.get("subexpression"));
        if (state.size() > expected.map(e -> 1).orElse(0)) {
            throw new OvalException("a state with anything but a subexpression is not known here");
        }
        if (!test.existence().isEmpty() && !test.existence().equals("at_least_one_exists")) {
            throw new OvalException("check_existence " + test.existence() + " is not known here");
        }
        Optional<String> content = content(file);
        if (content.isEmpty()) {
            return false;
        }
        Matcher matcher = pattern("(?m)" + pattern.value()).matcher(content.get());
        while (matcher.find()) {
            String found = matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
            if (expected.isEmpty() || found != null && matches(found, expected.get())) {
                return true;
            }
        }
        return false;
    }

    /** Empty if there is no such file. */
    private static Optional<String> content(String file) throws OvalException {
        try (InputStream in = FileLookup.open(Path.of(file))) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new OvalException(file + " has more than " + LARGEST_FILE + " bytes");
            }
            return Optional.of(Utf8.decode(bytes));
        } catch (InvalidPathException e) {
            throw new OvalException(file + " is no path on this system", e);
        } catch (IOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return Optional.empty();
            }
            throw new OvalException("read " + file + ": " + Reason.of(e), e);
        }
    }

    private Pattern pattern(String expression) throws OvalException {
        Pattern known = patterns.get(expression);
        if (known != null) {
            return known;
        }
        try {
            Pattern compiled = Regex.compile("pattern", expression);
            if (patterns.size() < 1000) {
                patterns.put(expression, compiled);
            }
            return compiled;
        } catch (InvalidParametersException e) {
            throw new OvalException(e.getMessage(), e);
        }
    }
}
