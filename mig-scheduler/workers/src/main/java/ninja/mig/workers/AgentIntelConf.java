package ninja.mig.workers;

import java.nio.file.Path;
import java.util.Optional;
import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import ninja.mig.relay.RelayConf;

/**
 * {@code conf/mig-worker-agent-intel.cfg.inc} explains every key.
 *
 * @param vmintgr the program that knows the teams
 */
record AgentIntelConf(RelayConf mq, MozDefConf mozdef, Optional<Path> vmintgr, LoggingConf logging)
        implements WorkerConf {
    static AgentIntelConf read(IniFile ini) {
        AgentIntelConf conf = new AgentIntelConf(
                RelayConf.read(ini), MozDefConf.read(ini), Vmintgr.program(ini), LoggingConf.read(ini));
        ini.finish();
        return conf;
    }
}
