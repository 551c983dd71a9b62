package ninja.mig.workers;

import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import ninja.mig.relay.RelayConf;

/** {@code conf/mig-worker-agent-verif.cfg.inc} explains every key. */
record AgentVerifConf(RelayConf mq, LoggingConf logging) implements WorkerConf {
    static AgentVerifConf read(IniFile ini) {
        AgentVerifConf conf = new AgentVerifConf(RelayConf.read(ini), LoggingConf.read(ini));
        ini.finish();
        return conf;
    }
}
