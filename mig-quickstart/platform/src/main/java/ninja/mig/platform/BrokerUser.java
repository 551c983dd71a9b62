package ninja.mig.platform;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The users of the relay and what they may do on the virtual host {@code mig}, exactly as the deployment guide has it. */
public enum BrokerUser {
    ADMIN("administrator", ".*", ".*", ".*"),
    SCHEDULER(
            "",
            "^mig(|(event|\\.agt)(|\\..*))$",
            "^mig(|event(|\\..*)|\\.(agt\\.(heartbeats|results)))$",
            "^mig(|event(|\\..*)|\\.(agt\\.(heartbeats|results)))$"),
    AGENT(
            "",
            "^mig\\.agt\\.(linux|windows|darwin)\\..*$",
            "^mig(|\\.agt\\.(linux|windows|darwin)\\..*)$",
            "^mig(|\\.agt\\.(linux|windows|darwin)\\..*)$"),
    API("", "^migevent\\..*$", "^migevent(|\\..*)$", "^migevent(|\\..*)$"),
    WORKER("", "^migevent\\..*$", "^migevent(|\\..*)$", "^migevent(|\\..*)$");

    private final String tags;
    private final String configure;
    private final String write;
    private final String read;

    BrokerUser(String tags, String configure, String write, String read) {
        this.tags = tags;
        this.configure = configure;
        this.write = write;
        this.read = read;
    }

    public String loginName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String tags() {
        return tags;
    }

    /** Names of the exchanges and queues that this user may declare and delete. */
    public String configure() {
        return configure;
    }

    /** Exchanges that it may publish to, queues that it may bind. */
    public String write() {
        return write;
    }

    /** Exchanges that it may bind to, queues that it may consume. */
    public String read() {
        return read;
    }

    /** One strong password for each user, fit for URIs and configuration files without quoting. */
    public static Map<BrokerUser, String> randomPasswords() {
        SecureRandom random = new SecureRandom();
        Map<BrokerUser, String> passwords = new EnumMap<>(BrokerUser.class);
        for (BrokerUser user : values()) {
            byte[] bytes = new byte[24];
            random.nextBytes(bytes);
            passwords.put(user, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        return passwords;
    }
}
