package ninja.mig.workers;

import ninja.mig.conf.IniFile;
import ninja.mig.relay.RelayConf;

/** Where MozDef takes events: a broker of its own. */
record MozDefConf(RelayConf relay, String exchange, String routingKey) {
    private static final RelayConf.Section SECTION =
            new RelayConf.Section("mozdef", "cacertpath", "clientcertpath", "clientkeypath");

    static MozDefConf read(IniFile ini) {
        return new MozDefConf(
                RelayConf.read(ini, SECTION), ini.string("mozdef", "exchange"), ini.string("mozdef", "routingkey"));
    }
}
