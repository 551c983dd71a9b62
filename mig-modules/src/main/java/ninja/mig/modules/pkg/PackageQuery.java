package ninja.mig.modules.pkg;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Regex;
import ninja.mig.modules.RunContext;

/**
 * Which packages are wanted.
 *
 * @param names one of them has to find something in a package's name
 * @param version has to find something in its version, or nothing if it is inverted; empty for any version
 */
record PackageQuery(List<Pattern> names, Optional<Pattern> version, boolean inverted) implements PkgRequest {
    static PackageQuery of(PkgParameters p) throws InvalidParametersException {
        List<Pattern> names = new ArrayList<>();
        for (String expression : p.pkgMatch().matches()) {
            names.add(Regex.compile("pkgmatch.matches", expression));
        }
        if (names.isEmpty()) {
            throw new InvalidParametersException("pkgmatch.matches: at least one name is needed");
        }
        boolean inverted = p.verMatch().length() > 1 && p.verMatch().startsWith("!");
        String version = inverted ? p.verMatch().substring(1) : p.verMatch();
        return new PackageQuery(
                names,
                version.isEmpty() ? Optional.empty() : Optional.of(Regex.compile("vermatch", version)),
                inverted);
    }

    @Override
    public ModuleResult run(PackageSources sources, RunContext context) {
        PackageMatches matches = new PackageMatches(this, context.clock().instant());
        context.partialResult(() -> matches.document(context.clock().instant()));
        matches.problems(sources.read(context, matches::offer));
        return matches.document(context.clock().instant());
    }

    /** The position of the first name that finds this package; empty if none does or it has another version. */
    OptionalInt position(InstalledPackage found) {
        if (version.isPresent() && version.get().matcher(found.version()).find() == inverted) {
            return OptionalInt.empty();
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).matcher(found.name()).find()) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
