package ninja.mig.modules.pkg;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * As they were received.
 *
 * @param pkgMatch what to look for
 * @param verMatch an expression on versions; a leading {@code !} inverts it
 * @param ovalDef base64 of a gzip file of OVAL definitions
 * @param maxConnEval how many definitions are evaluated side by side, 1 to 10; null for 1
 * @param includeFalse also return definitions that are not true
 */
record PkgParameters(
        @JsonProperty("pkgmatch") Match pkgMatch,
        @JsonProperty("vermatch") String verMatch,
        @JsonProperty("ovaldef") String ovalDef,
        @JsonProperty("maxconneval") Long maxConnEval,
        @JsonProperty("includefalse") boolean includeFalse) {

    /** @param matches expressions on names */
    record Match(List<String> matches) {
        Match {
            matches = Objects.requireNonNullElse(matches, List.of());
        }
    }

    PkgParameters {
        pkgMatch = Objects.requireNonNullElse(pkgMatch, new Match(List.of()));
        verMatch = Objects.requireNonNullElse(verMatch, "");
        ovalDef = Objects.requireNonNullElse(ovalDef, "");
        maxConnEval = Objects.requireNonNullElse(maxConnEval, 1L);
    }
}
