package ninja.mig.modules.scribe;

import java.util.Objects;

/**
 * What a test judges.
 *
 * @param identifier where it was found: a path, a package
 * @param value stays on this host
 */
record Value(String identifier, String value) {
    Value {
        identifier = Objects.requireNonNullElse(identifier, "");
        value = Objects.requireNonNullElse(value, "");
    }
}
