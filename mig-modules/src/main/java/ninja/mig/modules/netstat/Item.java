package ninja.mig.modules.netstat;

import java.util.Locale;

/** What can be asked for, in the order of results and lines. */
enum Item {
    LOCALMAC,
    NEIGHBORMAC,
    LOCALIP,
    NEIGHBORIP,
    CONNECTEDIP,
    LISTENINGPORT;

    /** Its name in parameters and results. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
