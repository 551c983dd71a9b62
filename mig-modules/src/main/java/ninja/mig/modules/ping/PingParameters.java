package ninja.mig.modules.ping;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import ninja.mig.modules.Addresses;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;

/**
 * @param destination an address or a name, which is looked up on the endpoint
 * @param destinationPort of tcp and udp; 0 and -1 stand for 80
 * @param protocol {@code icmp}, {@code tcp} or {@code udp}
 * @param count of attempts; 0 for 3
 * @param timeout of one attempt, in seconds; 0 for 5
 */
record PingParameters(
        String destination,
        @JsonProperty("destinationport") long destinationPort,
        String protocol,
        long count,
        double timeout) {
    static final String ICMP = "icmp";
    static final String TCP = "tcp";
    static final String UDP = "udp";

    static final int USUAL_COUNT = 3;
    static final int USUAL_TIMEOUT = 5;
    static final int USUAL_PORT = 80;

    private static final List<String> PROTOCOLS = List.of(ICMP, TCP, UDP);
    private static final int HIGHEST_COUNT = 1000;
    private static final int HIGHEST_TIMEOUT = 300;
    private static final int HIGHEST_PORT = 65535;

    static PingParameters bind(JsonNode parameters) throws InvalidParametersException {
        PingParameters bound = Parameters.bind(parameters, PingParameters.class);
        bound.check();
        return bound;
    }

    private void check() throws InvalidParametersException {
        if (destination == null) {
            throw new InvalidParametersException("destination: an address or the name of a host is needed");
        }
        if (!isHost(destination)) {
            throw new InvalidParametersException(
                    "destination: '" + destination + "' is neither an address nor the name of a host");
        }
        if (protocol == null || !PROTOCOLS.contains(protocol)) {
            throw new InvalidParametersException("protocol: " + quoted(protocol) + " is none of icmp, tcp, udp");
        }
        if (hasPort() && (destinationPort < -1 || destinationPort > HIGHEST_PORT)) {
            throw new InvalidParametersException(
                    "destinationport: " + destinationPort + " is not a port from 1 to " + HIGHEST_PORT);
        }
        if (count < 0 || count > HIGHEST_COUNT) {
            throw new InvalidParametersException("count: " + count + " is not a number from 1 to " + HIGHEST_COUNT);
        }
        if (!(timeout >= 0 && timeout <= HIGHEST_TIMEOUT)) {
            throw new InvalidParametersException(
                    "timeout: " + timeout + " is not a number of seconds up to " + HIGHEST_TIMEOUT);
        }
    }

    /**
     * Names as resolvers take them, with underscores in labels and a dot at the end. Those that end in a number are none:
     * systems read some of them as addresses, in ways of their own.
     */
    private static boolean isHost(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        return Addresses.parse(text).isPresent()
                || Addresses.isHostName(name.replace('_', 'x')) && !name.matches("(.*\\.)?([0-9]+|0[xX][0-9a-fA-F]*)");
    }

    private static String quoted(String text) {
        return "'" + Objects.requireNonNullElse(text, "") + "'";
    }

    boolean hasPort() {
        return !protocol.equals(ICMP);
    }

    int port() {
        return destinationPort <= 0 ? USUAL_PORT : (int) destinationPort;
    }

    int attempts() {
        return count == 0 ? USUAL_COUNT : (int) count;
    }

    /** Of one attempt: a millisecond at least. */
    Duration limit() {
        return Duration.ofMillis(timeout == 0 ? USUAL_TIMEOUT * 1000L : Math.max(1, Math.round(timeout * 1000)));
    }
}
