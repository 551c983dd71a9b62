package ninja.mig.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A RabbitMQ node of our own, run by the machine's programs without root: no epmd, no fixed port, its Erlang cookie,
 * data and log below one directory. Users, virtual host and permissions come from a definitions file at each start.
 */
final class PrivateRabbitMq implements AmqpBroker {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;

    private final Path program;
    private final Path directory;
    private final Map<BrokerUser, String> passwords;
    private final Optional<BrokerTls> tls;
    private final String nodeName;
    private int port;
    private int tlsPort;
    private int distributionPort;
    private Optional<Process> process = Optional.empty();

    private PrivateRabbitMq(
            Path program, Path directory, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls, String nodeName) {
        this.nodeName = nodeName;
        this.program = program;
        this.directory = directory;
        this.passwords = new EnumMap<>(passwords);
        this.tls = tls;
    }

    /**
     * The server script of this machine's RabbitMQ, if it has one. Not {@code /usr/sbin/rabbitmq-server}: that wrapper
     * changes the user and insists on the system's directories.
     */
    static Optional<Path> installed() {
        List<Path> candidates = new ArrayList<>();
        for (String place : List.of("/usr/lib/rabbitmq", "/usr/lib64/rabbitmq", "/opt/rabbitmq")) {
            candidates.add(Path.of(place, "bin/rabbitmq-server"));
            candidates.add(Path.of(place, "sbin/rabbitmq-server"));
            candidates.addAll(versionsBelow(Path.of(place, "lib")));
        }
        candidates.add(Path.of("/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"));
        candidates.add(Path.of("/usr/local/opt/rabbitmq/sbin/rabbitmq-server"));
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }

    private static List<Path> versionsBelow(Path lib) {
        if (!Files.isDirectory(lib)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(lib)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("rabbitmq_server-"))
                    .map(entry -> entry.resolve("sbin/rabbitmq-server"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for RabbitMQ in " + lib, e);
        }
    }

    /** @see Servers#broker */
    static PrivateRabbitMq start(Path program, Path where, Map<BrokerUser, String> passwords, Optional<BrokerTls> tls)
            throws IOException {
        Path directory = PrivateDirectory.createBelow(where.toAbsolutePath());
        PrivateRabbitMq broker = new PrivateRabbitMq(program, directory, passwords, tls, nodeName(directory));
        for (int attempt = 1; ; attempt++) {
            broker.port = Loopback.freePort();
            broker.tlsPort = tls.isPresent() ? Loopback.freePort() : 0;
            broker.distributionPort = Loopback.freePort();
            try {
                broker.start();
                return broker;
            } catch (IOException e) {
                if (attempt == ATTEMPTS || broker.portsAreFree()) {
                    throw e;
                }
            }
        }
    }

    /** RabbitMQ finds its data only under the name of the node that wrote them. */
    private static String nodeName(Path directory) throws IOException {
        Path file = directory.resolve("node-name");
        if (Files.notExists(file)) {
            Files.writeString(file, "mig" + Long.toHexString(new SecureRandom().nextLong()));
        }
        return Files.readString(file);
    }

    private boolean portsAreFree() {
        return Loopback.isFree(port) && Loopback.isFree(distributionPort) && (tlsPort == 0 || Loopback.isFree(tlsPort));
    }

    @Override
    public synchronized void start() throws IOException {
        if (process.isPresent()) {
            return;
        }
        Files.writeString(directory.resolve("rabbitmq.conf"), configuration());
        Files.writeString(directory.resolve("enabled_plugins"), "[].\n");
        PrivateDirectory.writeSecret(
                directory.resolve("definitions.json"), definitions(passwords).toString());
        Path log = directory.resolve("rabbitmq.log");
        ProcessBuilder builder = new ProcessBuilder(command())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        environment(builder.environment());
        Process started = builder.start();
        process = Optional.of(started);
        try {
            BrokerLogin.await(port, passwords.get(BrokerUser.ADMIN), START_LIMIT, () -> {
                if (!started.isAlive()) {
                    throw new IOException("RabbitMQ ended with status " + started.exitValue());
                }
            });
        } catch (IOException e) {
            crash();
            throw new IOException(e.getMessage() + "; its log " + log + " ends:\n" + LogTail.of(log), e);
        }
    }

    /** In a session of its own where possible: a Ctrl-C at the terminal is for us, who stop the broker last. */
    private List<String> command() {
        List<String> command = new ArrayList<>();
        Commands.onPath("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.add(program.toString());
        return command;
    }

    private String configuration() {
        String common = """
                listeners.tcp.1 = %s:%d
                loopback_users = none
                max_message_size = 134217728
                load_definitions = %s
                log.console = true
                log.console.level = warning
                log.file = false
                """.formatted(Loopback.ADDRESS, port, directory.resolve("definitions.json"));
        return tls.map(pem -> common
                        + """
                        listeners.ssl.1 = %s:%d
                        ssl_options.cacertfile = %s
                        ssl_options.certfile = %s
                        ssl_options.keyfile = %s
                        ssl_options.verify = verify_peer
                        ssl_options.fail_if_no_peer_cert = true
                        """.formatted(
                                        Loopback.ADDRESS,
                                        tlsPort,
                                        pem.caCertificate().toAbsolutePath(),
                                        pem.certificate().toAbsolutePath(),
                                        pem.key().toAbsolutePath()))
                .orElse(common);
    }

    /** Users, virtual host and permissions, as RabbitMQ exports and imports them. */
    static JsonNode definitions(Map<BrokerUser, String> passwords) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ArrayNode users = json.arrayNode();
        ArrayNode permissions = json.arrayNode();
        for (BrokerUser user : BrokerUser.values()) {
            users.addObject()
                    .put("name", user.loginName())
                    .put("password", passwords.get(user))
                    .put("tags", user.tags());
            permissions
                    .addObject()
                    .put("user", user.loginName())
                    .put("vhost", BrokerLogin.VHOST)
                    .put("configure", user.configure())
                    .put("write", user.write())
                    .put("read", user.read());
        }
        ObjectNode definitions = json.objectNode();
        definitions.set("users", users);
        definitions.putArray("vhosts").addObject().put("name", BrokerLogin.VHOST);
        definitions.set("permissions", permissions);
        return definitions;
    }

    private void environment(Map<String, String> environment) {
        String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("LANG", "C.UTF-8");
        environment.put("HOME", directory.toString()); // the Erlang cookie is written there
        environment.put("RABBITMQ_NODENAME", nodeName + "@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", Loopback.ADDRESS);
        environment.put("RABBITMQ_NODE_PORT", String.valueOf(port));
        environment.put("RABBITMQ_DIST_PORT", String.valueOf(distributionPort));
        environment.put(
                "RABBITMQ_CONFIG_FILE", directory.resolve("rabbitmq.conf").toString());
        environment.put(
                "RABBITMQ_ADVANCED_CONFIG_FILE",
                directory.resolve("none.config").toString());
        environment.put("RABBITMQ_CONF_ENV_FILE", directory.resolve("none").toString());
        environment.put("RABBITMQ_MNESIA_BASE", directory.resolve("db").toString());
        environment.put("RABBITMQ_MNESIA_DIR", directory.resolve("db/mig").toString());
        environment.put("RABBITMQ_LOG_BASE", directory.resolve("log").toString());
        environment.put(
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                directory.resolve("enabled_plugins").toString());
        environment.put("RABBITMQ_PID_FILE", directory.resolve("pid").toString());
        environment.put(
                "RABBITMQ_GENERATED_CONFIG_DIR", directory.resolve("generated").toString());
        // The last three: Erlang's threads wait without spinning, the broker is rarely the only one on its processors.
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-start_epmd false -erl_epmd_port " + distributionPort
                        + " -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none");
    }

    /** Runs {@code rabbitmqctl} on this node; returns what it prints. */
    String control(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "HOME=" + directory,
                "RABBITMQ_NODENAME=" + nodeName + "@localhost",
                "RABBITMQ_CONF_ENV_FILE=" + directory.resolve("none"),
                "RABBITMQ_CTL_ERL_ARGS=-start_epmd false -erl_epmd_port " + distributionPort + " -dist_listen false",
                program.resolveSibling("rabbitmqctl").toString(),
                "--quiet"));
        command.addAll(List.of(arguments));
        return Commands.succeed(directory, STOP_LIMIT, command);
    }

    /** SIGTERM to the script, which stops the Erlang VM behind it; by force if that takes too long. */
    @Override
    public synchronized void stop() {
        if (process.isPresent()) {
            process.get().destroy();
            Commands.waitFor(process.get(), STOP_LIMIT);
            crash();
        }
    }

    @Override
    public synchronized void crash() {
        if (process.isPresent()) {
            List<ProcessHandle> descendants = process.get().descendants().toList();
            Commands.killWithDescendants(process.get());
            for (ProcessHandle descendant : descendants) {
                descendant.onExit().join();
            }
            process.get().onExit().join();
            process = Optional.empty();
        }
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
        return true;
    }

    @Override
    public String description() {
        return "RabbitMQ (private node of " + program + ")";
    }
}
