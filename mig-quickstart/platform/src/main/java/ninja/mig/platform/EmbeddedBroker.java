package ninja.mig.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener;
import org.apache.qpid.server.model.Broker;
import org.apache.qpid.server.model.Port;
import org.apache.qpid.server.model.SystemConfig;

/**
 * Apache Qpid Broker-J in this JVM, for machines without RabbitMQ. It speaks the same protocol with the same users, its
 * access rules are as close to the guide's permissions as they can be (a trailing {@code *} in place of regular
 * expressions), and it keeps nothing on disk.
 */
final class EmbeddedBroker implements AmqpBroker {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    /**
     * This broker reads a message's expiration as a point in time, so each would be expired on arrival. It keeps messages
     * for a day at least instead: their readers know by themselves what is too old.
     */
    private static final String SHORTEST_EXPIRATION =
            String.valueOf(Duration.ofDays(1).toMillis());

    private final Path directory;
    private final Map<BrokerUser, String> passwords;
    private final Optional<BrokerTls> tls;
    private int port;
    private int tlsPort;
    private Optional<SystemLauncher> launcher = Optional.empty();

    private EmbeddedBroker(Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls) {
        this.directory = directory;
        this.passwords = new EnumMap<>(passwords);
        this.tls = tls;
    }

    /** @see Servers#broker */
    static EmbeddedBroker start(Path where, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException {
        EmbeddedBroker broker =
                new EmbeddedBroker(PrivateDirectory.createBelow(where.toAbsolutePath()), passwords, tls);
        broker.start();
        return broker;
    }

    @Override
    public synchronized void start() throws IOException {
        if (launcher.isPresent()) {
            return;
        }
        Path configuration = directory.resolve("broker.json");
        PrivateDirectory.writeSecret(configuration, configuration().toString());
        AtomicReference<SystemConfig<?>> system = new AtomicReference<>();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        SystemLauncher starting = new SystemLauncher(new SystemLauncherListener.DefaultSystemLauncherListener() {
            @Override
            public void onContainerResolve(SystemConfig<?> resolved) {
                system.set(resolved);
            }

            @Override
            public void errorOnStartup(RuntimeException e) {
                failure.set(e);
            }
        });
        try {
            starting.startup(Map.of(
                    "type",
                    "Memory",
                    "startupLoggedToSystemOut",
                    false,
                    "initialConfigurationLocation",
                    configuration.toUri().toURL().toString(),
                    "context",
                    Map.of(
                            "qpid.work_dir",
                            directory.resolve("work").toString(),
                            "qpid.broker.defaultPreferenceStoreAttributes",
                            "{\"type\":\"Noop\"}",
                            "queue.minimumMessageTtl",
                            SHORTEST_EXPIRATION)));
        } catch (Exception e) { // what startup declares
            throw new IOException("the embedded broker did not start: " + e.getMessage(), e);
        }
        launcher = Optional.of(starting);
        if (failure.get() != null || system.get() == null) {
            stop();
            throw new IOException("the embedded broker did not start", failure.get());
        }
        port = boundPort(system.get(), "AMQP");
        tlsPort = tls.isPresent() ? boundPort(system.get(), "AMQPS") : 0;
        BrokerLogin.await(port, passwords.get(BrokerUser.ADMIN), START_LIMIT, () -> {});
    }

    private int boundPort(SystemConfig<?> system, String name) throws IOException {
        if (system.getContainer() instanceof Broker<?> broker) {
            for (Port<?> candidate : broker.getPorts()) {
                if (candidate.getName().equals(name) && candidate.getBoundPort() > 0) {
                    return candidate.getBoundPort();
                }
            }
        }
        stop();
        throw new IOException("the embedded broker does not listen on its port " + name);
    }

    private ObjectNode configuration() {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode root = json.objectNode();
        root.put("name", "mig");
        root.put("modelVersion", "9.1");
        ObjectNode plain = root.putArray("authenticationproviders").addObject();
        plain.put("name", "plain").put("type", "Plain");
        plain.putArray("secureOnlyMechanisms"); // the port is on loopback: offer PLAIN without TLS
        ArrayNode users = plain.putArray("users");
        for (BrokerUser user : BrokerUser.values()) {
            users.addObject()
                    .put("name", user.loginName())
                    .put("type", "managed")
                    .put("password", passwords.get(user));
        }
        root.putArray("accesscontrolproviders")
                .addObject()
                .put("name", "acl")
                .put("type", "AclFile")
                .put("priority", "1")
                .put("path", dataUrl(rules()));
        ArrayNode ports = root.putArray("ports");
        port(ports, "AMQP", port);
        tls.ifPresent(pem -> tlsPort(root, ports, pem));
        root.putArray("virtualhostnodes")
                .addObject()
                .put("name", BrokerLogin.VHOST)
                .put("type", "Memory")
                .put("defaultVirtualHostNode", "true")
                .put("virtualHostInitialConfiguration", "{\"type\":\"Memory\"}");
        return root;
    }

    private static ObjectNode port(ArrayNode ports, String name, int number) {
        ObjectNode port = ports.addObject()
                .put("name", name)
                .put("port", String.valueOf(number))
                .put("bindingAddress", Loopback.ADDRESS)
                .put("authenticationProvider", "plain");
        port.putArray("protocols").add("AMQP_0_9_1");
        port.putArray("virtualhostaliases").addObject().put("name", "nameAlias").put("type", "nameAlias");
        return port;
    }

    private void tlsPort(ObjectNode root, ArrayNode ports, BrokerTls pem) {
        root.putArray("keystores")
                .addObject()
                .put("name", "keys")
                .put("type", "NonJavaKeyStore")
                .put("privateKeyUrl", pem.key().toAbsolutePath().toString())
                .put("certificateUrl", pem.certificate().toAbsolutePath().toString());
        root.putArray("truststores")
                .addObject()
                .put("name", "authorities")
                .put("type", "NonJavaTrustStore")
                .put("certificatesUrl", pem.caCertificate().toAbsolutePath().toString());
        ObjectNode port =
                port(ports, "AMQPS", tlsPort).put("needClientAuth", true).put("keyStore", "keys");
        port.putArray("transports").add("SSL");
        port.putArray("trustStores").add("authorities");
    }

    /** The guide's permissions, as far as rules with a trailing {@code *} can say them. */
    private static String rules() {
        StringBuilder rules = new StringBuilder("ACL ALLOW ALL ACCESS VIRTUALHOST\nACL ALLOW admin ALL ALL\n");
        allow(rules, "scheduler", "EXCHANGE", "mig*", "CREATE", "BIND", "UNBIND", "PUBLISH");
        allow(rules, "scheduler", "QUEUE", "mig*", "CREATE", "DELETE", "CONSUME", "PURGE");
        for (String os : new String[] {"linux", "windows", "darwin"}) {
            allow(rules, "agent", "QUEUE", "mig.agt." + os + ".*", "CREATE", "DELETE", "CONSUME");
        }
        allow(rules, "agent", "EXCHANGE", "mig", "BIND", "UNBIND", "PUBLISH");
        for (String user : new String[] {"api", "worker"}) {
            allow(rules, user, "QUEUE", "migevent.*", "CREATE", "DELETE", "CONSUME");
            allow(rules, user, "EXCHANGE", "migevent", "BIND", "UNBIND", "PUBLISH");
        }
        return rules.append("ACL DENY ALL ALL ALL\n").toString();
    }

    private static void allow(StringBuilder rules, String user, String kind, String name, String... operations) {
        for (String operation : operations) {
            rules.append("ACL ALLOW %s %s %s name=\"%s\"%n".formatted(user, operation, kind, name));
        }
    }

    private static String dataUrl(String text) {
        return "data:text/plain;base64," + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public synchronized void stop() {
        launcher.ifPresent(SystemLauncher::shutdown);
        launcher = Optional.empty();
    }

    /** There is nothing to lose that an orderly stop would keep. */
    @Override
    public void crash() {
        stop();
    }

    @Override
    public void close() {
        stop();
    }

    @Override
    public String host() {
        return Loopback.ADDRESS;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public OptionalInt tlsPort() {
        return tls.isPresent() ? OptionalInt.of(tlsPort) : OptionalInt.empty();
    }

    @Override
    public String vhost() {
        return BrokerLogin.VHOST;
    }

    @Override
    public String password(BrokerUser user) {
        return passwords.get(user);
    }

    @Override
    public boolean isRabbitMq() {
        return false;
    }

    @Override
    public String description() {
        return "Apache Qpid Broker-J (embedded; no RabbitMQ is installed)";
    }
}
