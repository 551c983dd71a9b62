package ninja.mig.cljs;

/** The object around a {@link Resource} on the wire. */
public record Envelope(Resource collection) {}
