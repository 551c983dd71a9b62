package ninja.mig.agent.service;

/**
 * Somebody else than root could change what a service runs or reads as root.
 *
 * @param what a sentence
 * @param remedy what to do about it
 */
public record Danger(String what, String remedy) {
    @Override
    public String toString() {
        return what + ": " + remedy;
    }
}
