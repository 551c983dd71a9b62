package ninja.mig.modules.netstat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which of many networks an address is in, without a look at each: one look for each length of prefix. */
final class IpIndex {
    /** Of one family: values by length and shared bits. */
    private static final class Family {
        private final Map<Integer, Map<Ip, List<String>>> byLength = new HashMap<>();
        private int count;
    }

    private final Family v4 = new Family();
    private final Family v6 = new Family();

    IpIndex(Map<String, IpNetwork> networks) {
        networks.forEach((value, network) -> {
            Family family = family(network.isV4());
            family.count++;
            family.byLength
                    .computeIfAbsent(network.length(), length -> new HashMap<>())
                    .computeIfAbsent(network.base(), base -> new ArrayList<>(1))
                    .add(value);
        });
    }

    private Family family(boolean isV4) {
        return isV4 ? v4 : v6;
    }

    /** The values of the networks that the address is in. */
    List<String> valuesOf(Ip ip) {
        List<String> found = new ArrayList<>(0);
        family(ip.isV4())
                .byLength
                .forEach((length, byBits) -> found.addAll(byBits.getOrDefault(ip.prefix(length), List.of())));
        return found;
    }

    /** The values of all networks of IPv6. */
    Set<String> valuesOfV6() {
        return v6.byLength.values().stream()
                .flatMap(byBits -> byBits.values().stream())
                .flatMap(List::stream)
                .collect(Collectors.toSet());
    }

    /** How many networks of IPv4, or of IPv6. */
    int count(boolean isV4) {
        return family(isV4).count;
    }
}
