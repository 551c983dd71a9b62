package ninja.mig.api;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;
import ninja.mig.database.Investigators;
import ninja.mig.model.Investigator;

/** The public key of an active investigator, for everybody. */
@Path("publickey")
public final class PublicKeyResource {
    private static final String FINGERPRINT = "[0-9A-Fa-f]{40}";

    private final Investigators investigators;

    PublicKeyResource(Investigators investigators) {
        this.investigators = investigators;
    }

    @GET
    @Path("{fingerprint}")
    @WithoutToken
    public Response get(@PathParam("fingerprint") String fingerprint) throws SQLException {
        Optional<Investigator> found =
                fingerprint.matches(FINGERPRINT) ? investigators.byFingerprint(fingerprint) : Optional.empty();
        return found.filter(i -> i.status().equals(Investigator.ACTIVE))
                .map(i -> Response.ok(new String(i.publicKey(), StandardCharsets.UTF_8))
                        .type("application/pgp-keys")
                        .build())
                .orElseGet(() -> Answers.text(
                        404,
                        "Invalid Fingerprint : No PublicKey found for fingerprint '" + Call.printable(fingerprint)
                                + "'"));
    }
}
