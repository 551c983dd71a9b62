package ninja.mig.workers;

import java.time.Instant;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.modules.file.FileFinding;

/** Whether an endpoint complies with one rule, in the layout and with the names of MozDef. */
record ComplianceItem(
        Instant utctimestamp,
        String target,
        Policy policy,
        Check check,
        boolean compliance,
        String link,
        Owners.Owner tags) {

    record Policy(String name, String url, String level) {}

    record Check(String ref, String description, String name, String location, Test test) {}

    record Test(String type, String value) {}

    static ComplianceItem of(Command command, FileFinding finding, Owners.Owner owner, String api) {
        Action action = command.action();
        return new ComplianceItem(
                command.finishTime(),
                command.agent().name(),
                new Policy(
                        action.threat().type(),
                        action.description().url(),
                        action.threat().level()),
                new Check(
                        action.threat().ref(),
                        action.name(),
                        finding.label(),
                        finding.isFound() ? finding.file() : String.join(", ", finding.paths()),
                        new Test("file", String.join(" and ", finding.criteria()))),
                finding.isFound(),
                api + "/command?commandid=" + command.id(),
                owner);
    }

    String summary() {
        return target + (compliance ? " passes" : " fails") + " compliance with " + check.ref();
    }
}
