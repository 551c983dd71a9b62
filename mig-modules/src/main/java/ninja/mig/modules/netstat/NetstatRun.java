package ninja.mig.modules.netstat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** One look at a network for all values that are asked for. */
final class NetstatRun {

    private final NetstatParameters parameters;
    private final Findings findings;
    private final RunContext context;

    NetstatRun(NetstatParameters parameters, Findings findings, RunContext context) {
        this.parameters = parameters;
        this.findings = findings;
        this.context = context;
    }

    /** No system's table of neighbours that is read here has those of IPv6. */
    void reportNeighboursOfV6() {
        if (parameters.asksFor(Item.NEIGHBORIP)) {
            Set<String> values = parameters.networks().get(Item.NEIGHBORIP).valuesOfV6();
            parameters.values().get(Item.NEIGHBORIP).stream()
                    .filter(values::contains)
                    .forEach(value -> findings.error(
                            "ERROR: neighborip '" + value + "': neighbours of IPv6 are not looked at on this system"));
        }
    }

    /** @param namespace of the interfaces; empty if none was asked for */
    void localMacs(Interfaces interfaces, String namespace) {
        if (parameters.asksFor(Item.LOCALMAC)) {
            try {
                interfaces.macs(findings::error).forEach(mac -> localMac(mac, namespace));
            } catch (IOException e) {
                findings.error("ERROR: the MAC addresses of this host cannot be listed: " + Reason.withPath(e));
            }
        }
    }

    void localIps(Interfaces interfaces) {
        if (parameters.asksFor(Item.LOCALIP)) {
            try {
                interfaces.addresses().forEach(ip -> localIp(ip, ""));
            } catch (IOException e) {
                findings.error("ERROR: the addresses of this host cannot be listed: " + Reason.withPath(e));
            }
        }
    }

    void localIps(ProcTables namespace) {
        if (parameters.asksFor(Item.LOCALIP)) {
            namespace.addresses(ip -> localIp(ip, namespace.namespace()));
        }
    }

    private void localMac(String mac, String namespace) {
        if (context.mustStop()) {
            return;
        }
        findings.examined(parameters.count(Item.LOCALMAC));
        for (Map.Entry<String, Pattern> value :
                parameters.macs().get(Item.LOCALMAC).entrySet()) {
            if (!mac.isEmpty() && value.getValue().matcher(mac).find()) {
                findings.add(
                        Item.LOCALMAC, value.getKey(), () -> element(namespace).put("localmacaddr", mac));
            }
        }
    }

    private void localIp(Ip ip, String namespace) {
        if (context.mustStop()) {
            return;
        }
        findings.examined(parameters.count(Item.LOCALIP));
        add(Item.LOCALIP, ip, () -> element(namespace).put("localaddr", ip.toString()));
    }

    /** Whether anything is asked for that each namespace has of its own. */
    boolean needsTables() {
        return parameters.asksFor(Item.LOCALIP) || needsNeighbours() || needsSockets();
    }

    private boolean needsNeighbours() {
        return parameters.asksFor(Item.NEIGHBORMAC) || parameters.asksFor(Item.NEIGHBORIP);
    }

    private boolean needsSockets() {
        return parameters.asksFor(Item.CONNECTEDIP) || parameters.asksFor(Item.LISTENINGPORT);
    }

    void look(Tables tables) {
        if (needsNeighbours()) {
            tables.neighbours(neighbour -> neighbour(neighbour, tables.namespace()));
        }
        if (needsSockets()) {
            sockets(tables);
        }
    }

    private void neighbour(Neighbour neighbour, String namespace) {
        findings.examined(parameters.count(Item.NEIGHBORMAC) + parameters.count(Item.NEIGHBORIP));
        Supplier<ObjectNode> element = () -> {
            ObjectNode node =
                    element(namespace).put("remoteaddr", neighbour.ip().toString());
            return neighbour.mac().isEmpty() ? node : node.put("remotemacaddr", neighbour.mac());
        };
        parameters.macs().getOrDefault(Item.NEIGHBORMAC, Map.of()).forEach((value, expression) -> {
            if (neighbour.matches(expression)) {
                findings.add(Item.NEIGHBORMAC, value, element);
            }
        });
        add(Item.NEIGHBORIP, neighbour.ip(), element);
    }

    /** Peers of IPv4 may be in both tables, those of IPv6 in the second one only. */
    private void sockets(Tables tables) {
        IpIndex connected = parameters.networks().getOrDefault(Item.CONNECTEDIP, new IpIndex(Map.of()));
        long inBoth = connected.count(true) + parameters.count(Item.LISTENINGPORT);
        if (inBoth > 0) {
            tables.sockets(false, socket -> socket(socket, inBoth, tables.namespace()));
        }
        tables.sockets(true, socket -> socket(socket, inBoth + connected.count(false), tables.namespace()));
    }

    private void socket(Socket socket, long comparisons, String namespace) {
        findings.examined(comparisons);
        add(Item.CONNECTEDIP, socket.remote(), () -> {
            ObjectNode element =
                    local(socket, namespace).put("remoteaddr", socket.remote().toString());
            return socket.remotePort() == 0 ? element : element.put("remoteport", socket.remotePort());
        });
        if (socket.listening()) {
            for (String value : parameters.ports().getOrDefault(socket.localPort(), List.of())) {
                findings.add(Item.LISTENINGPORT, value, () -> local(socket, namespace));
            }
        }
    }

    private void add(Item item, Ip ip, Supplier<ObjectNode> element) {
        IpIndex networks = parameters.networks().get(item);
        if (networks != null) {
            networks.valuesOf(ip).forEach(value -> findings.add(item, value, element));
        }
    }

    private static ObjectNode local(Socket socket, String namespace) {
        ObjectNode element = element(namespace).put("localaddr", socket.local().toString());
        return socket.localPort() == 0 ? element : element.put("localport", socket.localPort());
    }

    private static ObjectNode element(String namespace) {
        ObjectNode element = JsonNodeFactory.instance.objectNode();
        return namespace.isEmpty() ? element : element.put("namespace", namespace);
    }
}
