package ninja.mig.api;

/** Who makes a request, as the log names them. */
record Caller(String name, long id) {
    /** A route that is open to everybody. */
    static final Caller NOBODY = new Caller("noauth", 0);

    /** Anybody, since authentication is off. */
    static final Caller ANYBODY = new Caller("authdisabled", 0);

    /** A token was refused. */
    static final Caller REFUSED = new Caller("authfailed", -1);

    /** There was no token. */
    static final Caller WITHOUT_TOKEN = new Caller("authmissing", -1);

    @Override
    public String toString() {
        return name + " " + id;
    }
}
