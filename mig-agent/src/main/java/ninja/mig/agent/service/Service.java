package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent as a service of this host's init system. */
public final class Service {
    private static final Logger log = LoggerFactory.getLogger(Service.class);

    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;

    private final String os;
    private final String init;
    private final HostFiles host;
    private final ServiceTool tool;
    private final ServiceCommand command;

    /**
     * Nothing is done yet.
     *
     * @param os {@code linux}, {@code darwin} or {@code windows}
     * @param init the init system, by the names that heartbeats have for it
     */
    public Service(String os, String init, HostFiles host, ServiceTool tool, ServiceCommand command) {
        this.os = os;
        this.init = init;
        this.host = host;
        this.tool = tool;
        this.command = command;
    }

    /**
     * Installs the service and starts it, in place of an older one.
     *
     * @param program the agent that runs now; the stable name leads to it afterwards
     * @param upgrade whether the older service is the one that started this process
     * @throws NoServiceToolException if this host cannot be told; nothing was changed then
     * @throws IOException if a file cannot be written or the init system refuses
     */
    public void install(Path program, boolean upgrade)
            throws IOException, InterruptedException, NoServiceToolException {
        ServiceDefinition definition = definition(upgrade);
        if (tool.find(name(definition)).isEmpty()) {
            throw new NoServiceToolException("this host has no " + definition.tool());
        }
        if (!os.equals("windows")) {
            checkOwner(program);
            link(program);
        }
        for (ServiceDefinition.TextFile file : definition.files()) {
            host.write(file.name(), file.text(), file.mode());
        }
        for (ServiceDefinition.Link link : definition.links()) {
            host.link(link.name(), Path.of(link.target()));
        }
        run(definition.start());
        log.info("service mig-agent is installed and started, by {}", definition.tool());
    }

    /** Whoever can change the file, or put another one in its place, would be root at the next start. */
    private static void checkOwner(Path program) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(program);
        boolean own = owner(program).equals(System.getProperty("user.name"));
        if (!own || mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(program + " can be changed by others than " + System.getProperty("user.name")
                    + ", and no service is made of it: chown and chmod 0500 it");
        }
        for (Path folder = program.toRealPath().getParent(); folder != null; folder = folder.getParent()) {
            checkFolder(program, folder);
        }
    }

    /** Where all may write but nobody may move what belongs to others, as in /tmp, the next folder is what counts. */
    private static void checkFolder(Path program, Path folder) throws IOException {
        int mode = (Integer) Files.getAttribute(folder, "unix:mode");
        boolean open = (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0;
        if (open || !List.of("root", System.getProperty("user.name")).contains(owner(folder))) {
            throw new IOException(program + " can be replaced by others than " + System.getProperty("user.name")
                    + ", since " + folder + " belongs to '" + owner(folder) + "'" + (open ? " and is open to all" : "")
                    + ", and no service is made of it: move it, to /sbin for example");
        }
    }

    private static String owner(Path path) throws IOException {
        return Files.getOwner(path).getName();
    }

    private void link(Path program) throws IOException {
        Path stable = host.at(command.program());
        if (!stable.toFile().exists() || !stable.toRealPath().equals(program.toRealPath())) {
            host.link(command.program(), program.toRealPath());
        }
    }

    /** Stops the service and forgets it; the agent's files stay. Does no harm where there is none. */
    public void remove() throws IOException, InterruptedException {
        ServiceDefinition definition = definition(false);
        run(definition.stop());
        for (ServiceDefinition.Link link : definition.links()) {
            host.delete(link.name());
        }
        for (ServiceDefinition.TextFile file : definition.files()) {
            host.delete(file.name());
        }
        run(definition.forget());
        log.info("service mig-agent is removed");
    }

    /** Asks for the end of the agent that asks, which the init system starts again otherwise; does not wait for it. */
    public void leave() throws IOException, InterruptedException {
        run(definition(false).leave());
    }

    /** How a file is, compared with what this agent would write. */
    public enum State {
        MISSING,
        SAME,
        DIFFERENT
    }

    /** A file from which the init system knows the service. */
    public record Definition(Path file, State state) {}

    /** Looks at the files of the service; nothing is changed. */
    public List<Definition> definitions() throws IOException {
        List<Definition> found = new ArrayList<>();
        for (ServiceDefinition.TextFile wanted : definition(false).files()) {
            Path file = host.at(wanted.name());
            State state = State.MISSING;
            if (Files.exists(file)) {
                state = Files.readString(file, StandardCharsets.UTF_8).equals(wanted.text())
                        ? State.SAME
                        : State.DIFFERENT;
            }
            found.add(new Definition(file, state));
        }
        return found;
    }

    /** What the service runs: a link to the agent, as a rule. */
    public Path program() {
        return host.at(command.program());
    }

    private ServiceDefinition definition(boolean upgrade) {
        return new ServiceDefinitions(command, Runtime.getRuntime().availableProcessors(), upgrade).of(os, init);
    }

    /** A tool that belongs to MIG lies among the host's files. */
    private String name(ServiceDefinition definition) {
        return definition.tool().contains("\\") ? host.at(definition.tool()).toString() : definition.tool();
    }

    private void run(Iterable<Step> steps) throws IOException, InterruptedException {
        for (Step step : steps) {
            tool.run(
                    os.equals("windows")
                            ? step.withProgram(name -> host.at(name).toString())
                            : step);
        }
    }
}
