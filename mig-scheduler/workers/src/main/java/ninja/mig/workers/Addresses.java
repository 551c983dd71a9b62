package ninja.mig.workers;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ninja.mig.model.Agent;

/** The addresses that an agent says it has, without the lengths of their prefixes. What is no address is left out. */
record Addresses(List<String> ipv4, List<String> ipv6) {
    private static final Pattern DOTTED_QUAD = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern COLONS =
            Pattern.compile("(?=[^:]*:[^:]*:)[0-9a-fA-F:]{2,39}([0-9]{1,3}(\\.[0-9]{1,3}){3})?");

    static Addresses of(Agent agent) {
        List<String> all = agent.environment().addresses().stream()
                .map(address -> address.replaceFirst("/[0-9]{1,3}$", ""))
                .distinct()
                .toList();
        Predicate<String> isV4 = DOTTED_QUAD.asMatchPredicate();
        return new Addresses(
                all.stream().filter(isV4).toList(),
                all.stream().filter(COLONS.asMatchPredicate()).toList());
    }

    List<String> all() {
        return Stream.concat(ipv4.stream(), ipv6.stream()).toList();
    }
}
