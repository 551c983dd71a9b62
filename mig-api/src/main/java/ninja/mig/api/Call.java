package ninja.mig.api;

import ninja.mig.model.MigId;

/** One request: its number, where it comes from, and who makes it as soon as that is known. */
final class Call {
    /** Where the call is found among the attributes of a request. */
    static final String ATTRIBUTE = Call.class.getName();

    private final MigId operation;
    private final String client;
    private volatile Caller caller = Caller.NOBODY;

    Call(MigId operation, String client) {
        this.operation = operation;
        this.client = client;
    }

    MigId operation() {
        return operation;
    }

    String client() {
        return client;
    }

    Caller caller() {
        return caller;
    }

    void madeBy(Caller newCaller) {
        caller = newCaller;
    }

    /** The text without what would break a line of the log or disguise it. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", "?");
    }
}
