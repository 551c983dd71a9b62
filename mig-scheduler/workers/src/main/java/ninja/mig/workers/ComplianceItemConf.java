package ninja.mig.workers;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import ninja.mig.relay.RelayConf;

/**
 * {@code conf/mig-worker-compliance-item.cfg.inc} explains every key.
 *
 * @param vmintgr the program that knows the teams
 * @param api where items point to, without a slash at the end
 */
record ComplianceItemConf(RelayConf mq, MozDefConf mozdef, Optional<Path> vmintgr, String api, LoggingConf logging)
        implements WorkerConf {
    static ComplianceItemConf read(IniFile ini) {
        ComplianceItemConf conf = new ComplianceItemConf(
                RelayConf.read(ini), MozDefConf.read(ini), Vmintgr.program(ini), api(ini), LoggingConf.read(ini));
        ini.finish();
        return conf;
    }

    private static String api(IniFile ini) {
        String text = ini.string("api", "host");
        if (!text.isEmpty() && !isUrl(text)) {
            ini.problem("api", "host", "is '" + text + "', expected a URL such as https://api.example.net/api/v1");
        }
        return text.replaceFirst("/+$", "");
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
