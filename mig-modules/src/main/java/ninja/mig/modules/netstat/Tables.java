package ninja.mig.modules.netstat;

import java.util.function.Consumer;

/**
 * The tables of one network: that of a host, or of a namespace. They may be long, so that each is read row by row, and ends
 * early if the run must stop. What cannot be read is an error of the run.
 */
interface Tables {
    /** The number of the namespace; empty if none was asked for. */
    String namespace();

    void neighbours(Consumer<Neighbour> each);

    /** @param v6 the sockets of IPv6, which may have peers of IPv4; else those of IPv4 */
    void sockets(boolean v6, Consumer<Socket> each);
}
