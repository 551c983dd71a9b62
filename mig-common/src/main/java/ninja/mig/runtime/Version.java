package ninja.mig.runtime;

import java.util.Optional;

/** The version of a program, as its jar names it. */
public final class Version {
    private Version() {}

    /** {@code Implementation-Version} of the jar that the class came from; {@code development} outside a jar. */
    public static String of(Class<?> type) {
        return Optional.ofNullable(type.getPackage().getImplementationVersion()).orElse("development");
    }
}
