package ninja.mig.modules.pkg;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Regex;

/**
 * Which packages are wanted.
 *
 * @param names one of them has to find something in a package's name
 * @param version has to find something in its version, or nothing if it is inverted; empty for any version
 */
record PackageQuery(List<Pattern> names, Optional<Pattern> version, boolean inverted) {
    static PackageQuery bind(JsonNode parameters) throws InvalidParametersException {
        PkgParameters p = Parameters.bind(parameters, PkgParameters.class);
        if (p.maxConnEval() < 1 || p.maxConnEval() > 10) {
            throw new InvalidParametersException("maxconneval is " + p.maxConnEval() + ", expected 1 to 10");
        }
        if (!p.ovalDef().isEmpty()) {
            refuse(p);
        }
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

    private static void refuse(PkgParameters p) throws InvalidParametersException {
        if (!p.pkgMatch().matches().isEmpty()) {
            throw new InvalidParametersException("pkgmatch and ovaldef exclude each other");
        }
        try {
            byte[] gzip = Base64.getMimeDecoder().decode(p.ovalDef());
            if (gzip.length < 2 || gzip[0] != 0x1f || gzip[1] != (byte) 0x8b) {
                throw new InvalidParametersException("ovaldef is not the base64 text of gzip data");
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidParametersException("ovaldef is not the base64 text of gzip data", e);
        }
        throw new InvalidParametersException(
                "ovaldef: OVAL definitions are not supported; look for packages with pkgmatch, or write a scribe document");
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
