package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.GoDuration;
import ninja.mig.log.LoggingConf;
import ninja.mig.model.RejectedException;
import ninja.mig.relay.AmqpUri;
import ninja.mig.relay.ConnectProxy;

/** Which configuration is in force, with its values and without its secrets. */
final class DoctorConf {
    private final Page page;

    DoctorConf(Page page) {
        this.page = page;
    }

    /** Loads it as the agent does; empty if the agent would refuse it. */
    Optional<AgentConf> load(Optional<Path> given, Path defaultFile, BuiltinConfig builtin) {
        page.section("Configuration");
        ByteArrayOutputStream announced = new ByteArrayOutputStream();
        try (PrintStream lines = new PrintStream(announced, true, StandardCharsets.UTF_8)) {
            AgentConf conf = AgentConf.load(given, defaultFile, builtin, lines);
            announced.toString(StandardCharsets.UTF_8).lines().forEach(this::announced);
            values(conf);
            return Optional.of(conf);
        } catch (ConfException e) {
            e.problems().forEach(problem -> page.fix(problem, advice(problem)));
            return Optional.empty();
        }
    }

    private static String advice(String problem) {
        if (problem.contains("AccessDenied") || problem.contains("Permission denied")) {
            return "run the doctor as the user that the agent runs as, usually root";
        }
        return "the agent does not start like this: correct it and run the doctor again";
    }

    private void announced(String line) {
        if (line.startsWith("[warning] ")) {
            page.fix(line.substring("[warning] ".length()), "make it readable by its owner alone: chmod 600");
        } else {
            page.ok(line.replaceFirst("^\\[[a-z]+\\] ", ""));
        }
    }

    private void values(AgentConf conf) {
        AgentSettings settings = conf.settings();
        page.value("relay", relay(settings.relay()));
        page.value("ca, cert, key", pem(settings.ca()) + ", " + pem(settings.cert()) + ", " + pem(settings.key()));
        page.value(
                "proxies",
                list(conf.proxies().stream().map(ConnectProxy::toString).toList()));
        page.value("api", orNone(settings.api()));
        page.value("socket", orNone(settings.socket()));
        page.value("heartbeatfreq", GoDuration.format(settings.heartbeatFreq()));
        page.value("moduletimeout", GoDuration.format(settings.moduleTimeout()));
        page.value("isimmortal", onOff(settings.isImmortal()));
        page.value("installservice", onOff(settings.installService()));
        page.value("discoverpublicip", onOff(settings.discoverPublicIp()));
        page.value("checkin", onOff(settings.checkin()));
        page.value("logging", logging(settings.logging()));
        page.value(
                "tags",
                list(conf.builtin().tags().entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .sorted()
                        .toList()));
        page.value("modules", list(conf.builtin().modules()));
        modules(conf.builtin());
        if (conf.relay().tls().isEmpty() && !isLocal(conf.relay().host())) {
            page.note(
                    "the relay's password and all results travel in clear text",
                    "use amqps:// and the port of the relay's TLS listener in [agent] relay, and set [certs] ca");
        }
    }

    private void modules(BuiltinConfig builtin) {
        Set<String> available = builtin.availableModules();
        String missing = builtin.modules().stream()
                .filter(name -> !available.contains(name))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            page.note(
                    "this version does not have: " + missing,
                    "their operations will fail; build the agent with them, or leave them out of 'modules'");
        }
        if (available.isEmpty()) {
            page.fix("this agent has no module: it can do nothing", "name some in 'modules' of the built-in source");
        }
    }

    /** Without the password. */
    private static String relay(String uri) {
        try {
            AmqpUri parsed = AmqpUri.parse(uri);
            return parsed + (parsed.password().isEmpty() ? ", no password" : ", with a password");
        } catch (RejectedException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    private static String pem(String text) {
        return text.isEmpty() ? "none" : "given";
    }

    private static String logging(LoggingConf logging) {
        String where =
                switch (logging.mode()) {
                    case STDOUT -> "to the standard error";
                    case FILE -> "to " + logging.file().map(Path::toString).orElse("?");
                    case SYSLOG ->
                        "to syslog at " + logging.host() + ":" + logging.port() + (logging.tcp() ? "/tcp" : "/udp");
                };
        return where + ", level " + logging.level().word();
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text.replaceFirst("//[^/@]*@", "//****@");
    }

    private static String list(List<String> items) {
        return items.isEmpty() ? "none" : String.join(", ", items);
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
