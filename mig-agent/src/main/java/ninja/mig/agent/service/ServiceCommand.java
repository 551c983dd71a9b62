package ninja.mig.agent.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;

/**
 * What a service definition runs: the stable name of the agent, not the file of one version, so that an upgrade leaves no
 * definition dangling.
 *
 * @param program the agent's stable name, such as {@code /sbin/mig-agent}; on Windows its jar
 * @param configFile the agent's flag {@code -c}, if it was given
 * @param java the Java of this agent, which its service is to prefer
 * @param runDir where the agent keeps what it must not forget, if that is not the system's usual folder
 */
public record ServiceCommand(String program, Optional<Path> configFile, Path java, Optional<Path> runDir) {
    /** What needs no quoting in any of the files that it is put into. */
    private static final Pattern PLAIN = Pattern.compile("/[A-Za-z0-9._/+:@,=-]*");

    private static final Pattern PLAIN_ON_WINDOWS = Pattern.compile("[A-Za-z]:\\\\[A-Za-z0-9._\\\\+@,=() -]*");

    /** The agent's stable name on a system. Nobody, not even root, may write to /sbin of macOS. */
    public static String stableName(String os) {
        switch (os) {
            case "windows":
                return "C:\\Program Files\\mig\\mig-agent.jar";
            case "darwin":
                return "/usr/local/sbin/mig-agent";
            default:
                return "/sbin/mig-agent";
        }
    }

    /** Where an agent keeps what it must not forget, unless it is told another folder. */
    public static String usualRunDir(String os) {
        switch (os) {
            case "windows":
                return "C:\\Program Files\\mig";
            case "darwin":
                return "/Library/Preferences/mig";
            default:
                return "/var/lib/mig";
        }
    }

    /**
     * The command of this system's service.
     *
     * @throws RejectedException if a name could mean something else in a service definition
     */
    public static ServiceCommand of(String os, Optional<Path> configFile, Path java, Optional<Path> runDir)
            throws RejectedException {
        Optional<Path> file = configFile.map(Path::toAbsolutePath).map(Path::normalize);
        if (file.isPresent()) {
            requirePlain(os, "configuration", file.get());
        }
        if (runDir.isPresent()) {
            requirePlain(os, "directory", runDir.get());
        }
        if (java.isAbsolute()) {
            requirePlain(os, "Java", java);
        }
        return new ServiceCommand(stableName(os), file, java, runDir);
    }

    private static void requirePlain(String os, String what, Path path) throws RejectedException {
        Pattern plain = os.equals("windows") ? PLAIN_ON_WINDOWS : PLAIN;
        if (!plain.matcher(path.toString()).matches()) {
            throw new RejectedException("the " + what + " '" + path
                    + "' cannot be named in a service definition: use a path of letters, digits and ._/+:@,=- alone");
        }
    }

    /** What the launcher must find in its environment to start the same agent as this one. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        if (java.isAbsolute() && java.endsWith("bin/java")) {
            environment.put("MIG_JAVA_HOME", java.getParent().getParent().toString());
        }
        runDir.ifPresent(folder -> environment.put("MIG_RUNDIR", folder.toString()));
        return environment;
    }

    /** @param form of one variable, with its name and its value as {@code %s} */
    String environment(String form) {
        StringBuilder lines = new StringBuilder();
        environment().forEach((name, value) -> lines.append(form.formatted(name, value))
                .append('\n'));
        return lines.toString();
    }

    /** The agent as its service manager starts it. */
    List<String> service() {
        return line("--service");
    }

    /** The agent as cron starts it: it ends if another one lives; else it installs its service, or goes into the background. */
    List<String> revival() {
        return line("--watchdog");
    }

    private List<String> line(String... flags) {
        List<String> line = new ArrayList<>(List.of(program));
        line.addAll(List.of(flags));
        configFile.ifPresent(file -> line.addAll(List.of("-c", file.toString())));
        return line;
    }
}
