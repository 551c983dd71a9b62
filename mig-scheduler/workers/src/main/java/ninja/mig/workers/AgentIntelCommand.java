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
        name = "agent-intel",
        aliases = "agent_intel",
        description = "Tells MozDef of endpoints whose agents come for the first time.",
        footer = {"", "Reads /etc/mig/agent-intel-worker.cfg or /etc/mig/mig-worker-agent-intel.cfg."})
final class AgentIntelCommand extends WorkerCommand<AgentIntelConf> {
    AgentIntelCommand() {
        super(
                Worker.AGENT_INTEL,
                List.of(Path.of("/etc/mig/agent-intel-worker.cfg"), Path.of("/etc/mig/mig-worker-agent-intel.cfg")));
    }

    @Override
    AgentIntelConf read(IniFile ini) {
        return AgentIntelConf.read(ini);
    }

    @Override
    EventHandler handler(AgentIntelConf conf, Clock clock, Closer closer, Consumer<String> fail)
            throws RelayRefusedException, InterruptedException {
        MozDef mozdef = MozDef.connect(conf.mozdef(), worker().name(), clock, closer);
        Owners owners = Owners.of(conf.vmintgr(), clock);
        return new AssetHints(mozdef, owners, MozDefEvent.Sender.of(worker().name()), clock);
    }
}
