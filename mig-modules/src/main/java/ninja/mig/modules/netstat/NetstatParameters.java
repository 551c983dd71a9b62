package ninja.mig.modules.netstat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Members;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Regex;

/**
 * What is asked for, checked and compiled.
 *
 * @param values of each item that is asked for, each once
 * @param macs the expressions of {@link Item#LOCALMAC} and {@link Item#NEIGHBORMAC}, by value
 * @param networks of the three items with addresses, by value
 * @param ports of {@link Item#LISTENINGPORT}: the values that name a port
 * @param namespaces to look into every network namespace of the host
 * @param unknown names of members that there are not
 */
record NetstatParameters(
        Map<Item, List<String>> values,
        Map<Item, Map<String, Pattern>> macs,
        Map<Item, IpIndex> networks,
        Map<Integer, List<String>> ports,
        boolean namespaces,
        List<String> unknown) {

    static final int MOST_VALUES = Findings.ROOM;
    static final int MOST_EXPRESSIONS = 1000;

    private static final String NAMESPACES = "namespaces";

    static NetstatParameters bind(JsonNode parameters) throws InvalidParametersException {
        Members members = Parameters.members(parameters);
        Map<Item, List<String>> values = new EnumMap<>(Item.class);
        for (Item item : Item.values()) {
            List<String> asked = members.texts(item.key()).stream().distinct().toList();
            if (!asked.isEmpty()) {
                values.put(item, asked);
            }
        }
        if (values.values().stream().mapToInt(List::size).sum() > MOST_VALUES) {
            throw new InvalidParametersException("netstat: there are more than " + MOST_VALUES + " values");
        }
        Map<Item, Map<String, Pattern>> macs = new EnumMap<>(Item.class);
        Map<Item, IpIndex> networks = new EnumMap<>(Item.class);
        Map<Integer, List<String>> ports = new LinkedHashMap<>();
        for (Map.Entry<Item, List<String>> entry : values.entrySet()) {
            switch (entry.getKey()) {
                case LOCALMAC, NEIGHBORMAC -> macs.put(entry.getKey(), macs(entry.getKey(), entry.getValue()));
                case LOCALIP, NEIGHBORIP, CONNECTEDIP ->
                    networks.put(entry.getKey(), networks(entry.getKey(), entry.getValue()));
                case LISTENINGPORT -> ports.putAll(ports(entry.getValue()));
            }
        }
        return new NetstatParameters(values, macs, networks, ports, members.flag(NAMESPACES), members.others(keys()));
    }

    /** The names of all members. */
    static List<String> keys() {
        return Stream.concat(Arrays.stream(Item.values()).map(Item::key), Stream.of(NAMESPACES))
                .toList();
    }

    boolean asksFor(Item item) {
        return values.containsKey(item);
    }

    /** How many values of an item there are. */
    int count(Item item) {
        return values.getOrDefault(item, List.of()).size();
    }

    private static Map<String, Pattern> macs(Item item, List<String> values) throws InvalidParametersException {
        if (values.size() > MOST_EXPRESSIONS) {
            throw new InvalidParametersException(
                    item.key() + ": there are more than " + MOST_EXPRESSIONS + " expressions");
        }
        Map<String, Pattern> macs = new LinkedHashMap<>();
        for (String value : values) {
            Regex.compile(item.key(), value); // So that a refusal shows what was written.
            macs.put(value, Regex.compile(item.key(), "(?i)" + value));
        }
        return macs;
    }

    private static IpIndex networks(Item item, List<String> values) throws InvalidParametersException {
        Map<String, IpNetwork> networks = new LinkedHashMap<>();
        for (String value : values) {
            networks.put(value, IpNetwork.parse(item.key(), value));
        }
        return new IpIndex(networks);
    }

    private static Map<Integer, List<String>> ports(List<String> values) throws InvalidParametersException {
        Map<Integer, List<String>> ports = new LinkedHashMap<>();
        for (String value : values) {
            if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65535) {
                throw new InvalidParametersException("listeningport: '" + Printable.line(value)
                        + "' is not a port, which is a text of digits from 0 to 65535");
            }
            ports.computeIfAbsent(Integer.valueOf(value), port -> new ArrayList<>(1))
                    .add(value);
        }
        return ports;
    }
}
