package ninja.mig.acl;

import java.util.Map;
import java.util.Set;
import ninja.mig.pgp.Fingerprint;

/**
 * What one module needs.
 *
 * @param name of a module, or {@code default} for all that have no permission of their own
 * @param minimumWeight at least 1
 * @param weights what each investigator's signature adds, at least 1
 * @param labels the names that the ACL gives to investigators, for people
 */
public record Permission(
        String name, int minimumWeight, Map<Fingerprint, Integer> weights, Map<Fingerprint, String> labels) {
    public Permission {
        weights = Map.copyOf(weights);
        labels = Map.copyOf(labels);
    }

    /** The weight of these signers together; who is not listed adds nothing. */
    public long weightOf(Set<Fingerprint> signers) {
        return signers.stream().mapToLong(s -> weights.getOrDefault(s, 0)).sum();
    }
}
