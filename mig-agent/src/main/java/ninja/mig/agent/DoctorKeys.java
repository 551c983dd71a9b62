package ninja.mig.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import ninja.mig.acl.Acl;
import ninja.mig.acl.Permission;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MigJson;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.PublicKey;

/** Whose signatures count on this agent, and who may run what. */
final class DoctorKeys {
    /** What ends sooner is pointed out. */
    static final Duration SOON = Duration.ofDays(30);

    private static final int MOST_SETS = 8;

    private final Page page;
    private final BuiltinConfig builtin;
    private final Clock clock;

    DoctorKeys(Page page, BuiltinConfig builtin, Clock clock) {
        this.page = page;
        this.builtin = builtin;
        this.clock = clock;
    }

    void examine() {
        Set<Fingerprint> usable = keys();
        acl(usable);
    }

    private Set<Fingerprint> keys() {
        page.section("Public keys of investigators");
        if (builtin.publicKeys().isEmpty()) {
            page.fix(
                    "no public key is built in: this agent refuses every action",
                    "add [pgp] publickey to the source of the built-in configuration, and bake again");
        }
        Set<Fingerprint> usable = new HashSet<>();
        int position = 0;
        for (String armored : builtin.publicKeys()) {
            position++;
            try {
                PublicKey key = PublicKey.parse(armored);
                if (examine(key)) {
                    usable.add(key.fingerprint());
                }
            } catch (BadKeyException e) {
                page.fix("public key " + position + ": " + e.getMessage(), "replace it and bake again");
            }
        }
        return usable;
    }

    private boolean examine(PublicKey key) {
        String name = key.fingerprint() + "  " + String.join(", ", key.userIds()) + ", " + key.algorithm() + ", "
                + key.expires().map(end -> "expires " + end).orElse("never expires");
        Instant now = clock.instant();
        Optional<String> refusal = refusal(key, now);
        if (refusal.isPresent()) {
            page.fix(name + ": refused, " + refusal.get(), "bake the agent again with a good key, or without it");
            return false;
        }
        if (refusal(key, now.plus(SOON)).isPresent()) {
            page.note(name, "it expires within " + SOON.toDays() + " days: have its owner extend it, and bake again");
        } else {
            page.ok(name);
        }
        return true;
    }

    private static Optional<String> refusal(PublicKey key, Instant at) {
        try {
            key.requireUsable(at);
            return Optional.empty();
        } catch (BadKeyException e) {
            return Optional.of(e.getMessage().replace(key.fingerprint() + ": ", ""));
        }
    }

    private void acl(Set<Fingerprint> usable) {
        page.section("Who may run what");
        Acl acl;
        try {
            acl = Acl.parse(builtin.acl().stream().map(MigJson::text).toList());
        } catch (ConfException e) {
            e.problems().forEach(problem -> page.fix(problem, "correct the ACL and bake again"));
            return;
        }
        if (acl.permissions().isEmpty()) {
            page.fix(
                    "no ACL is built in: this agent refuses every action",
                    "add [acl] permission to the source of the built-in configuration, and bake again");
            return;
        }
        Map<String, Set<String>> modulesOf = new LinkedHashMap<>();
        for (String module : new TreeSet<>(builtin.availableModules())) {
            Optional<Permission> permission = acl.permissionFor(module);
            if (permission.isPresent()) {
                modulesOf
                        .computeIfAbsent(permission.get().name(), name -> new TreeSet<>())
                        .add(module);
            } else {
                page.note(
                        module + ": nobody, since no permission applies and there is no 'default'",
                        "add a permission '" + module + "' or 'default' to the ACL if it should run");
            }
        }
        modulesOf.forEach((name, modules) -> explain(acl.permissions().get(name), modules, usable));
        String idle = acl.permissions().keySet().stream()
                .filter(name -> !modulesOf.containsKey(name))
                .sorted()
                .collect(Collectors.joining(", "));
        if (!idle.isEmpty()) {
            page.note("no module of this agent is under permission: " + idle);
        }
    }

    private void explain(Permission permission, Set<String> modules, Set<Fingerprint> usable) {
        SufficientSigners signers = SufficientSigners.of(permission, usable, MOST_SETS);
        String head = String.join(", ", modules) + ": permission '" + permission.name() + "' needs a weight of "
                + permission.minimumWeight();
        List<String> sets = signers.sets();
        if (sets.isEmpty()) {
            page.fix(
                    head + ", which the investigators with usable keys do not reach: nobody may run it",
                    "add keys to [pgp] publickey or change the weights, and bake again");
        } else {
            page.ok(head + ": signed by " + String.join(", or ", sets) + (signers.areAll() ? "" : ", or others"));
        }
        String keyless = permission.weights().keySet().stream()
                .filter(fingerprint -> !usable.contains(fingerprint))
                .map(fingerprint -> permission.labels().getOrDefault(fingerprint, "?") + " (" + fingerprint + ")")
                .sorted()
                .collect(Collectors.joining(", "));
        if (!keyless.isEmpty()) {
            page.note(
                    "permission '" + permission.name() + "' lists investigators without a usable key: " + keyless,
                    "their signatures are refused; add their keys to [pgp] publickey, or take them off the list");
        }
    }
}
