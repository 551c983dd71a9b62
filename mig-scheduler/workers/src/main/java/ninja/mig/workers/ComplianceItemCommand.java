package ninja.mig.workers;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import ninja.mig.conf.IniFile;
import ninja.mig.relay.RelayRefusedException;
import ninja.mig.runtime.Closer;
import picocli.CommandLine.Command;

@Command(
        name = "compliance-item",
        aliases = "compliance_item",
        description =
                "Tells MozDef which endpoints comply with what, from the results of actions whose threat family is"
                        + " compliance.",
        footer = {"", "Reads /etc/mig/compliance-item-worker.cfg or /etc/mig/mig-worker-compliance-item.cfg."})
final class ComplianceItemCommand extends WorkerCommand<ComplianceItemConf> {
    ComplianceItemCommand() {
        super(
                Worker.COMPLIANCE_ITEM,
                List.of(
                        Path.of("/etc/mig/compliance-item-worker.cfg"),
                        Path.of("/etc/mig/mig-worker-compliance-item.cfg")));
    }

    @Override
    ComplianceItemConf read(IniFile ini) {
        return ComplianceItemConf.read(ini);
    }

    @Override
    EventHandler handler(ComplianceItemConf conf, Clock clock, Closer closer, Consumer<String> fail)
            throws RelayRefusedException, InterruptedException {
        MozDef mozdef = MozDef.connect(conf.mozdef(), worker().name(), clock, closer);
        Owners owners = Owners.of(conf.vmintgr(), clock);
        return new ComplianceItems(mozdef, owners, conf.api(), MozDefEvent.Sender.of(worker().name()), clock);
    }
}
