package ninja.mig.database;

import ninja.mig.model.MigId;

/** Row of {@code signatures}: who signed, and the signature as the action carries it, in one line. */
public record ActionSignature(MigId investigatorId, String pgpSignature) {}
