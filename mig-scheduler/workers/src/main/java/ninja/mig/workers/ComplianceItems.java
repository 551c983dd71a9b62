package ninja.mig.workers;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.log.LogContext;
import ninja.mig.model.Action;
import ninja.mig.model.Command;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.file.FileFinding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells MozDef what the results of actions of threat family {@code compliance} mean: who complies with what. */
final class ComplianceItems implements EventHandler {
    private static final Logger log = LoggerFactory.getLogger(ComplianceItems.class);
    private static final String FAMILY = "compliance";
    private static final String MODULE = "file";

    private final MozDef mozdef;
    private final Owners owners;
    private final String api;
    private final MozDefEvent.Sender sender;
    private final Clock clock;

    /** @param api where items point to, without a slash at the end */
    ComplianceItems(MozDef mozdef, Owners owners, String api, MozDefEvent.Sender sender, Clock clock) {
        this.mozdef = mozdef;
        this.owners = owners;
        this.api = api;
        this.sender = sender;
        this.clock = clock;
    }

    @Override
    public void handle(byte[] event) throws RejectedException, IOException, InterruptedException {
        Command command = MigJson.read(event, Command.class);
        if (!command.action().threat().family().equalsIgnoreCase(FAMILY)) {
            return;
        }
        if (command.id().isNone() || command.agent().name().isEmpty()) {
            throw new RejectedException("the results of a compliance action have no command id or no agent");
        }
        List<FileFinding> findings = findings(command);
        if (findings.isEmpty()) {
            return;
        }
        Owners.Owner owner = owners.of(command.agent());
        mozdef.send(findings.stream()
                .map(finding -> event(ComplianceItem.of(command, finding, owner, api)))
                .toList());
        try (LogContext context = LogContext.command(command.action().id(), command.id())) {
            log.debug("told MozDef of {} compliance items", findings.size());
        }
    }

    private MozDefEvent event(ComplianceItem item) {
        return MozDefEvent.of(sender, clock.instant(), "complianceitems", "compliance", item.summary(), item);
    }

    /** A search that was cut short proves nothing about what it did not find, so it is left out. */
    private static List<FileFinding> findings(Command command) {
        Action action = command.action();
        List<ModuleResult> results = command.results();
        List<FileFinding> findings = new ArrayList<>();
        for (int i = 0; i < Math.min(results.size(), action.operations().size()); i++) {
            if (action.operations().get(i).module().equals(MODULE)
                    && results.get(i).success()) {
                findings.addAll(FileFinding.of(results.get(i)));
            }
        }
        return findings;
    }
}
