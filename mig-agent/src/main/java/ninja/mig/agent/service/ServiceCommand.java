package ninja.mig.agent.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;

/**
 * What a service definition runs: the stable name of the agent, not the file of one version, so that an upgrade leaves no
 * definition dangling.
 *
 * @param program the agent's stable name, such as {@code /sbin/mig-agent}; on Windows its jar
 * @param configFile the agent's flag {@code -c}, if it was given
 * @param java the Java of this agent, for systems whose definitions start it themselves
 */
public record ServiceCommand(String program, Optional<Path> configFile, Path java) {
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

    /**
     * The command of this system's service.
     *
     * @throws RejectedException if the configuration's name could mean something else in a service definition
     */
    public static ServiceCommand of(String os, Optional<Path> configFile, Path java) throws RejectedException {
        Optional<Path> absolute = configFile.map(Path::toAbsolutePath).map(Path::normalize);
        Pattern plain = os.equals("windows") ? PLAIN_ON_WINDOWS : PLAIN;
        if (absolute.isPresent() && !plain.matcher(absolute.get().toString()).matches()) {
            throw new RejectedException("the configuration '" + absolute.get()
                    + "' cannot be named in a service definition: use a path of letters, digits and ._/+:@,=- alone");
        }
        return new ServiceCommand(stableName(os), absolute, java);
    }

    /** The agent as its service manager starts it. */
    List<String> service() {
        return line("--service");
    }

    /** The agent as a person starts it: it then installs its service, or goes into the background. */
    List<String> start() {
        return line();
    }

    private List<String> line(String... flags) {
        List<String> line = new ArrayList<>(List.of(program));
        line.addAll(List.of(flags));
        configFile.ifPresent(file -> line.addAll(List.of("-c", file.toString())));
        return line;
    }
}
