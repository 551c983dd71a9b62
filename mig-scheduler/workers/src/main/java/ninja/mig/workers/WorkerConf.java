package ninja.mig.workers;

import ninja.mig.log.LoggingConf;
import ninja.mig.relay.RelayConf;

/** What the configuration of every worker says. */
interface WorkerConf {
    /** Where events come from. */
    RelayConf mq();

    LoggingConf logging();
}
