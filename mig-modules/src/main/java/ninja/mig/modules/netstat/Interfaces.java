package ninja.mig.modules.netstat;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** The network interfaces of the host, as this process sees them. */
interface Interfaces {
    /**
     * The MAC address of each interface, in lower case with colons; empty for one that has none.
     *
     * @param problems gets what is wrong with one interface; the others are told all the same
     */
    List<String> macs(Consumer<String> problems) throws IOException;

    /** The addresses of all interfaces. */
    List<Ip> addresses() throws IOException;
}
