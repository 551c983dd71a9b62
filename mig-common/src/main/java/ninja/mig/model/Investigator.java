package ninja.mig.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A person (or the scheduler) who may sign actions. Private keys have no place in this type.
 *
 * @param pgpFingerprint 40 upper-case hexadecimal digits of the primary key
 * @param publicKey the armored public key; empty where only the name matters
 * @param status {@code active} or {@code disabled}
 */
public record Investigator(
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = MigId.LeftOut.class)
        MigId id,

        String name,
        @JsonProperty("pgpfingerprint") String pgpFingerprint,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("publickey")
        byte[] publicKey,

        String status,
        @JsonProperty("createdat") Instant createdAt,
        @JsonProperty("lastmodified") Instant lastModified) {

    public static final String ACTIVE = "active";
    public static final String DISABLED = "disabled";

    /** Name of the scheduler's own identity. */
    public static final String SCHEDULER = "migscheduler";

    public Investigator {
        id = Objects.requireNonNullElse(id, MigId.NONE);
        name = Objects.requireNonNullElse(name, "");
        pgpFingerprint = Objects.requireNonNullElse(pgpFingerprint, "");
        publicKey = publicKey == null ? new byte[0] : publicKey.clone();
        status = Objects.requireNonNullElse(status, "");
        createdAt = Objects.requireNonNullElse(createdAt, Times.UNSET);
        lastModified = Objects.requireNonNullElse(lastModified, Times.UNSET);
    }

    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The same person, without the key: for lists. */
    public Investigator withoutKey() {
        return new Investigator(id, name, pgpFingerprint, null, status, createdAt, lastModified);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Investigator that
                && id.equals(that.id)
                && name.equals(that.name)
                && pgpFingerprint.equals(that.pgpFingerprint)
                && Arrays.equals(publicKey, that.publicKey)
                && status.equals(that.status)
                && createdAt.equals(that.createdAt)
                && lastModified.equals(that.lastModified);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, pgpFingerprint);
    }

    @Override
    public String toString() {
        return "Investigator[" + id + ", " + name + ", " + pgpFingerprint + ", " + status + "]";
    }
}
