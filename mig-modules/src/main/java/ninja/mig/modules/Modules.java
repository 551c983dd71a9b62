package ninja.mig.modules;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The modules of this program, by name. */
public final class Modules {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}");

    private final Map<String, Module<?>> byName = new TreeMap<>();

    /** @throws IllegalStateException if two modules have one name, or one has no proper name: a defect of the program */
    Modules(Iterable<? extends Module<?>> modules) {
        for (Module<?> module : modules) {
            if (!NAME.matcher(module.name()).matches() || module.name().equals("default")) {
                throw new IllegalStateException("'" + module.name() + "' is not a name for a module");
            }
            if (byName.put(module.name(), module) != null) {
                throw new IllegalStateException("two modules are called '" + module.name() + "'");
            }
        }
    }

    /** Every module on the class path. */
    public static Modules installed() {
        return Holder.INSTALLED;
    }

    private static final class Holder {
        private static final Modules INSTALLED = new Modules(load());
    }

    /** The same as one of {@link #installed()}. If its package has its name, the others are not even made, which takes time. */
    static Optional<Module<?>> alone(String name) {
        String inPackage = "." + name;
        for (ServiceLoader.Provider<Module<?>> provider : load().stream().toList()) {
            if (provider.type().getPackageName().endsWith(inPackage)) {
                Module<?> module = provider.get();
                if (module.name().equals(name)) {
                    return Optional.of(module);
                }
            }
        }
        return installed().byName(name);
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static ServiceLoader<Module<?>> load() {
        return (ServiceLoader) ServiceLoader.load(Module.class);
    }

    public Optional<Module<?>> byName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** One line for each of them: its name, and what it does. */
    public List<String> lines() {
        return byName.values().stream()
                .map(module -> "%-14s %s".formatted(module.name(), module.description()))
                .toList();
    }

    /** In alphabetical order. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }
}
