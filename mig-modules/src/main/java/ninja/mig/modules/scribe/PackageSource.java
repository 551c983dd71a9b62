package ninja.mig.modules.scribe;

import com.google.re2j.Pattern;
import java.util.Optional;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.pkg.InstalledPackage;
import ninja.mig.modules.pkg.PackageVersion;

/**
 * Versions of packages.
 *
 * @param name of the package, if there is no expression
 * @param collect an expression on names
 * @param onlyNewest only the newest version of all that were found
 */
record PackageSource(String name, Optional<Pattern> collect, boolean onlyNewest) implements Source {
    static PackageSource of(ScribeDocument.PackageDefinition definition, Variables variables)
            throws InvalidParametersException {
        String name = variables.expand("package", definition.name());
        String collect = variables.expand("package", definition.collectMatch());
        if (name.isEmpty() && collect.isEmpty()) {
            throw new InvalidParametersException("package: a name is needed");
        }
        return new PackageSource(
                name,
                collect.isEmpty() ? Optional.empty() : Optional.of(Regex.compile("collectmatch", collect)),
                definition.onlyNewest());
    }

    @Override
    public boolean needsPackages() {
        return true;
    }

    @Override
    public void collect(Facts facts, Values values) {
        if (!facts.packageProblem().isEmpty()) {
            values.fail(facts.packageProblem());
            return;
        }
        Optional<InstalledPackage> newest = Optional.empty();
        for (InstalledPackage installed : facts.packages()) {
            if (!isWanted(installed)) {
                continue;
            }
            if (!onlyNewest) {
                values.add(installed.name(), installed.version());
            } else if (newest.isEmpty()
                    || PackageVersion.compare(installed.version(), newest.get().version()) > 0) {
                newest = Optional.of(installed);
            }
        }
        newest.ifPresent(found -> values.add(found.name(), found.version()));
    }

    private boolean isWanted(InstalledPackage installed) {
        return collect.isPresent()
                ? collect.get().matcher(installed.name()).find()
                : installed.name().equals(name) || installed.name().equals(name + ":" + installed.arch());
    }
}
