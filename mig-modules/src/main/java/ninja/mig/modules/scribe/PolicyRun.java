package ninja.mig.modules.scribe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import ninja.mig.conf.GoDuration;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.LazyArray;
import ninja.mig.modules.Remarks;
import ninja.mig.modules.ResultBudget;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.file.FileLookup;
import ninja.mig.modules.pkg.InstalledPackage;
import ninja.mig.modules.pkg.PackageSources;

/** One check of a policy: first the files and packages of all objects, then the objects, then the tests. */
final class PolicyRun {
    private static final FileLookup.Found NO_FILES =
            new FileLookup.Found(Map.of(), Set.of(), Set.of(), true, List.of(), 0, 0);

    /** What the verdict on one value takes beside its identifier, in bytes of JSON. */
    private static final int ENTRY = 40;

    private static final String STOPPED = "the run was stopped before its values were known";

    private final Policy policy;
    private final PackageSources packages;
    private final RunContext context;
    private final Instant started;
    private final ResultBudget valueRoom = new ResultBudget();
    private final ResultBudget resultRoom = new ResultBudget();
    private final Map<String, TestResult> results = new HashMap<>();
    private final Remarks problems = new Remarks("errors");
    private int leftOut;

    PolicyRun(Policy policy, PackageSources packages, RunContext context) {
        this.policy = policy;
        this.packages = packages;
        this.context = context;
        this.started = context.clock().instant();
    }

    ModuleResult run() {
        context.partialResult(this::document);
        Map<String, Values> values = values(facts());
        for (String id : policy.order()) {
            if (context.mustStop()) {
                break;
            }
            Policy.Test test = policy.tests().get(id);
            judge(test, values.get(test.definition().object()));
        }
        return document();
    }

    private Facts facts() {
        FileLookup.Found files =
                policy.files().map(lookup -> lookup.run(context)).orElse(NO_FILES);
        files.errors().forEach(problems::add);
        List<InstalledPackage> installed = new ArrayList<>();
        String packageProblem =
                policy.sources().values().stream().anyMatch(Source::needsPackages) ? packages(installed) : "";
        return new Facts(files, installed, packageProblem, context, problems::add);
    }

    /** @return why they are not known; empty if they are */
    private String packages(List<InstalledPackage> installed) {
        ResultBudget room = new ResultBudget();
        List<String> said = packages.read(context, p -> {
            if (room.take(100L
                    + 2L * (p.name().length() + p.version().length() + p.arch().length()))) {
                installed.add(p);
            }
        });
        if (!said.isEmpty()) {
            return said.get(0);
        }
        return room.take(0) ? "" : "there are more packages than can be remembered";
    }

    private Map<String, Values> values(Facts facts) {
        Map<String, Values> values = new HashMap<>();
        policy.sources().forEach((id, source) -> {
            Values own = new Values(valueRoom);
            if (!context.mustStop()) {
                source.collect(facts, own);
            }
            if (context.mustStop()) {
                own.fail(STOPPED);
            }
            values.put(id, own);
        });
        return values;
    }

    private void judge(Policy.Test test, Values values) {
        List<TestResult.SubResult> verdicts = new ArrayList<>();
        boolean hasTrue = false;
        int hidden = 0;
        for (Value value : values.list()) {
            boolean verdict = test.evaluator().test(value.value());
            hasTrue |= verdict;
            if (resultRoom.take(ENTRY + ResultBudget.jsonLength(value.identifier()))) {
                verdicts.add(new TestResult.SubResult(verdict, value.identifier()));
            } else {
                hidden++;
            }
        }
        ScribeDocument.TestDefinition d = test.definition();
        synchronized (this) {
            boolean master = hasTrue
                    && d.dependencies().stream()
                            .allMatch(needed -> results.get(needed).masterResult());
            results.put(
                    d.test(),
                    new TestResult(
                            d.test(),
                            d.name(),
                            d.description(),
                            d.tags(),
                            !values.error().isEmpty(),
                            values.error(),
                            master,
                            hasTrue,
                            verdicts));
            leftOut += hidden;
        }
    }

    /** The tests that have been judged until now, in the order of the document. */
    private synchronized ModuleResult document() {
        List<TestResult> wanted = policy.tests().keySet().stream()
                .map(results::get)
                .filter(result -> result != null
                        && (result.masterResult() || !policy.parameters().onlyTrue()))
                .toList();
        ObjectNode elements = JsonNodeFactory.instance.objectNode();
        elements.put("humanoutput", policy.parameters().humanOutput());
        elements.put("jsonoutput", policy.parameters().jsonOutput());
        elements.set("results", LazyArray.of(wanted.size(), i -> MigJson.toTree(wanted.get(i))));
        ObjectNode statistics = JsonNodeFactory.instance.objectNode();
        statistics.put(
                "exectime",
                GoDuration.format(Duration.between(started, context.clock().instant())));
        List<String> errors = new ArrayList<>(problems.texts());
        errors.addAll(problems.warning());
        if (leftOut > 0) {
            errors.add("warning: the verdicts on " + leftOut + " values were left out, " + ResultBudget.EXCEEDED);
        }
        return new ModuleResult(!wanted.isEmpty(), true, elements, statistics, errors);
    }
}
