package ninja.mig.modules.netstat;

import java.io.IOException;
import java.util.List;

/** The network interfaces of the host, as this process sees them. */
interface Interfaces {
    /** The MAC address of each interface, in lower case with colons; empty for one that has none. */
    List<String> macs() throws IOException;

    /** The addresses of all interfaces. */
    List<Ip> addresses() throws IOException;
}
