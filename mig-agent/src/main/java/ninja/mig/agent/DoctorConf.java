package ninja.mig.agent;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import ninja.mig.conf.ConfException;

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
            String warning = line.substring("[warning] ".length());
            page.fix(
                    warning,
                    "make it readable by its owner alone: chmod 600 " + warning.replaceFirst(" can be read by .*", ""));
        } else {
            page.ok(line.replaceFirst("^\\[[a-z]+\\] ", ""));
        }
    }

    private void values(AgentConf conf) {
        new EffectiveSettings(conf)
                .all().stream()
                        .filter(setting -> !setting.key().isEmpty())
                        .forEach(setting -> page.value(setting.key(), setting.value()));
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

    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }
}
