package ninja.mig.modules.netstat;

import java.util.List;
import java.util.Optional;

/** How a system's own programs are asked for its tables, and how their lines are read. What is no row is nothing. */
interface Dialect {
    List<String> neighbours();

    /** One command for each protocol, or one for all. */
    List<List<String>> sockets(boolean v6);

    Optional<Neighbour> neighbour(String line);

    Optional<Socket> socket(String line);
}
