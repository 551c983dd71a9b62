package ninja.mig.acl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.Signer;

/**
 * The permissions of an agent. The check is about a whole action: every operation must be allowed, or none runs. An empty
 * ACL is legal and refuses everything.
 */
public final class Acl {
    /** Permits nothing. */
    public static final Acl EMPTY = new Acl(Map.of());

    private static final String DEFAULT = "default";

    private final Map<String, Permission> permissions;

    private Acl(Map<String, Permission> permissions) {
        this.permissions = permissions;
    }

    /**
     * Reads JSON documents, each an object of permissions by name, or a list of such objects.
     *
     * @throws ConfException with every problem of every document
     */
    public static Acl parse(List<String> documents) {
        Reader reader = new Reader();
        for (String document : documents) {
            try {
                reader.document(MigJson.tree(document));
            } catch (MalformedJsonException e) {
                reader.problems.add("the ACL is " + e.getMessage());
            }
        }
        if (!reader.problems.isEmpty()) {
            throw new ConfException(reader.problems);
        }
        return new Acl(reader.permissions);
    }

    /** Every permission, by name. */
    public Map<String, Permission> permissions() {
        return Map.copyOf(permissions);
    }

    /** The permission that decides about a module: its own, else the default. */
    public Optional<Permission> permissionFor(String module) {
        return Optional.ofNullable(permissions.getOrDefault(module, permissions.get(DEFAULT)));
    }

    /**
     * Checks every operation of an action.
     *
     * @param signers everybody whose signature of this very action was verified
     * @return the signers, for the log
     * @throws PermissionDeniedException if they may not run one of the operations
     */
    public Set<Signer> check(Action action, Set<Signer> signers) throws PermissionDeniedException {
        List<String> modules =
                action.operations().stream().map(Operation::module).toList();
        check(modules, signers.stream().map(Signer::fingerprint).collect(Collectors.toSet()));
        return signers;
    }

    void check(List<String> modules, Set<Fingerprint> signers) throws PermissionDeniedException {
        if (modules.isEmpty()) {
            throw new PermissionDeniedException("an action without operations is not permitted");
        }
        for (int i = 0; i < modules.size(); i++) {
            check(i, modules.get(i), signers);
        }
    }

    private void check(int index, String module, Set<Fingerprint> signers) throws PermissionDeniedException {
        Decision decision = decide(module, signers);
        if (decision.refusal().isPresent()) {
            throw new PermissionDeniedException("operation " + index + ", module '" + module + "': "
                    + decision.refusal().get());
        }
    }

    /**
     * What the ACL says of one module.
     *
     * @param permission the one that decides; empty if none applies
     * @param weight of the signers
     * @param refusal why they may not run it; empty if they may
     */
    public record Decision(Optional<Permission> permission, long weight, Optional<String> refusal) {}

    /** Decides about one module as {@link #check} does about every operation: for who has to explain the decision. */
    public Decision decide(String module, Set<Fingerprint> signers) {
        if (module.equals(DEFAULT)) {
            return new Decision(Optional.empty(), 0, Optional.of("this is not the name of a module"));
        }
        Optional<Permission> applies = permissionFor(module);
        if (applies.isEmpty()) {
            return new Decision(applies, 0, Optional.of("permission denied, no permission of the ACL applies"));
        }
        Permission permission = applies.get();
        long weight = permission.weightOf(signers);
        return new Decision(
                applies,
                weight,
                weight >= permission.minimumWeight()
                        ? Optional.empty()
                        : Optional.of("permission denied, its signers weigh %d, permission '%s' needs %d"
                                .formatted(weight, permission.name(), permission.minimumWeight())));
    }

    /** Collects permissions and every problem. */
    private static final class Reader {
        private final Map<String, Permission> permissions = new LinkedHashMap<>();
        private final Set<String> names = new HashSet<>();
        private final List<String> problems = new ArrayList<>();

        void document(JsonNode document) {
            if (document.isArray()) {
                document.forEach(this::permissions);
            } else {
                permissions(document);
            }
        }

        private void permissions(JsonNode node) {
            if (!node.isObject()) {
                problems.add("the ACL holds something else than objects of permissions");
            }
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                permission(entry.getKey(), entry.getValue());
            }
        }

        private void permission(String name, JsonNode node) {
            int before = problems.size();
            String place = "permission '" + name + "' of the ACL";
            Map<String, JsonNode> members = members(place, node);
            int minimum = weight(place + ": minimumweight", members.get("minimumweight"));
            Map<Fingerprint, Integer> weights = new LinkedHashMap<>();
            Map<Fingerprint, String> labels = new HashMap<>();
            JsonNode investigators = members.get("investigators");
            if (investigators == null || !investigators.isObject()) {
                problems.add(place + " has no object of investigators");
            } else {
                for (Map.Entry<String, JsonNode> entry : investigators.properties()) {
                    investigator(place, entry.getKey(), entry.getValue(), weights, labels);
                }
            }
            if (!names.add(name)) {
                problems.add(place + " is there twice");
            }
            long reachable =
                    weights.values().stream().mapToLong(Integer::longValue).sum();
            if (problems.size() == before && reachable < minimum) {
                problems.add(place + " needs a weight of " + minimum + ", all its investigators together weigh "
                        + reachable);
            }
            if (problems.size() == before) {
                permissions.put(name, new Permission(name, minimum, weights, labels));
            }
        }

        private void investigator(
                String place,
                String label,
                JsonNode node,
                Map<Fingerprint, Integer> weights,
                Map<Fingerprint, String> labels) {
            String who = place + ": investigator '" + label + "'";
            Map<String, JsonNode> members = members(who, node);
            int weight = weight(who + ": weight", members.get("weight"));
            JsonNode text = members.get("fingerprint");
            if (text == null || !text.isTextual()) {
                problems.add(who + " has no fingerprint");
                return;
            }
            try {
                Fingerprint fingerprint = Fingerprint.parse(text.textValue());
                if (weights.putIfAbsent(fingerprint, weight) != null) {
                    problems.add(who + ": fingerprint " + fingerprint + " is there twice");
                }
                labels.put(fingerprint, label);
            } catch (IllegalArgumentException e) {
                problems.add(who + ": " + e.getMessage());
            }
        }

        /** The members of an object, by their names in lower case. */
        private Map<String, JsonNode> members(String place, JsonNode node) {
            Map<String, JsonNode> members = new HashMap<>();
            if (!node.isObject()) {
                problems.add(place + " is not an object");
            }
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                if (members.put(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()) != null) {
                    problems.add(place + ": member '" + entry.getKey() + "' is there in two spellings");
                }
            }
            return members;
        }

        private int weight(String place, JsonNode node) {
            if (node == null || !node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1) {
                problems.add(place + " is " + (node == null ? "missing" : "'" + node + "'")
                        + ", expected a whole number from 1 to " + Integer.MAX_VALUE);
                return 1;
            }
            return node.intValue();
        }
    }
}
