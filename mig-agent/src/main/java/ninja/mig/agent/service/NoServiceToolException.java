package ninja.mig.agent.service;

/** This host has no program by which its init system could be told of a service; an agent can run without one. */
public final class NoServiceToolException extends Exception {
    private static final long serialVersionUID = 1L;

    NoServiceToolException(String message) {
        super(message);
    }
}
