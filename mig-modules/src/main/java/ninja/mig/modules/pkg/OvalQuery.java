package ninja.mig.modules.pkg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import ninja.mig.conf.GoDuration;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;

/**
 * OVAL definitions to evaluate.
 *
 * @param includeFalse also return those that are not true
 * @param parseTime how long it took to read them
 * @param size of the parameter, in characters
 */
record OvalQuery(OvalDocument document, boolean includeFalse, Duration parseTime, int size) implements PkgRequest {
    /** For the evaluation of all definitions; what is installed has been read before. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** What an entry of the result takes beside its texts. */
    private static final int ENTRY = 50;

    static OvalQuery of(String ovalDef, boolean includeFalse) throws InvalidParametersException {
        long start = System.nanoTime();
        OvalDocument document = OvalReader.read(ovalDef);
        return new OvalQuery(document, includeFalse, Duration.ofNanos(System.nanoTime() - start), ovalDef.length());
    }

    @Override
    public ModuleResult run(PackageSources sources, RunContext context) {
        return new Run(this, context).run(sources);
    }

    /** An entry of the result. */
    private record Verdict(OvalDocument.Definition definition, OvalEvaluation.Outcome outcome) {
        JsonNode json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("title", definition.title())
                    .put("id", definition.id())
                    .put("status", outcome.name().toLowerCase(Locale.ROOT));
        }
    }

    /** The outcomes so far. */
    private static final class Run {
        private final OvalQuery query;
        private final RunContext context;
        private final Instant started;
        private final ResultBudget budget = new ResultBudget();
        private final List<Verdict> verdicts = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();
        private final Map<String, List<InstalledPackage>> packages = new HashMap<>();

        Run(OvalQuery query, RunContext context) {
            this.query = query;
            this.context = context;
            this.started = context.clock().instant();
        }

        ModuleResult run(PackageSources sources) {
            context.partialResult(this::document);
            List<String> said = query.document().asksForPackages() ? sources.read(context, this::remember) : List.of();
            synchronized (this) {
                errors.addAll(said);
            }
            if (said.isEmpty()) {
                evaluate();
            }
            return document();
        }

        private void remember(InstalledPackage installed) {
            String name = installed.name();
            int colon = name.indexOf(':');
            String key = installed.type() + " " + (colon < 0 ? name : name.substring(0, colon));
            packages.computeIfAbsent(key, k -> new ArrayList<>()).add(installed);
        }

        private void evaluate() {
            Instant end = context.clock().instant().plus(LIMIT);
            BooleanSupplier isLate = () -> context.clock().instant().isAfter(end);
            OvalEvaluation evaluation =
                    new OvalEvaluation(query.document(), packages, () -> context.mustStop() || isLate.getAsBoolean());
            for (OvalDocument.Definition definition :
                    query.document().definitions().values()) {
                OvalEvaluation.Outcome outcome = evaluation.definition(definition.id());
                if (context.mustStop()) {
                    break;
                }
                if (isLate.getAsBoolean()) {
                    add("ERROR: the definitions took longer than " + LIMIT.toSeconds() + " s, the rest was left out");
                    break;
                }
                if (outcome != OvalEvaluation.Outcome.FALSE || query.includeFalse()) {
                    add(definition, outcome);
                }
            }
            evaluation.problems().forEach(this::add);
        }

        private synchronized void add(String error) {
            errors.add(error);
        }

        private synchronized void add(OvalDocument.Definition definition, OvalEvaluation.Outcome outcome) {
            if (budget.take(
                    ENTRY + ResultBudget.jsonLength(definition.id()) + ResultBudget.jsonLength(definition.title()))) {
                verdicts.add(new Verdict(definition, outcome));
            }
        }

        private synchronized ModuleResult document() {
            ObjectNode elements = JsonNodeFactory.instance.objectNode();
            elements.putNull("matches");
            List<Verdict> all = List.copyOf(verdicts);
            elements.set("ovalresults", LazyArray.of(all.size(), i -> all.get(i).json()));
            ObjectNode statistics = JsonNodeFactory.instance.objectNode();
            statistics.put(
                    "execruntime",
                    GoDuration.format(Duration.between(started, context.clock().instant())));
            statistics.put("ovalparsetime", GoDuration.format(query.parseTime()));
            statistics.put("inputdefinitionsize", query.size());
            return new ModuleResult(!all.isEmpty(), true, elements, statistics, errors);
        }
    }
}
