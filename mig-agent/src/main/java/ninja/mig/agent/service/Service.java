package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent as a service of this host's init system. */
public final class Service {
    private static final Logger log = LoggerFactory.getLogger(Service.class);

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
        check(program);
        ServiceDefinition definition = definition(upgrade);
        if (!os.equals("windows")) {
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

    /**
     * Whether {@link #install} is possible; nothing is changed.
     *
     * @param program the agent that runs now
     * @throws NoServiceToolException if this host cannot be told
     * @throws IOException if something else is in the way: the message says what to do
     */
    public void check(Path program) throws IOException, NoServiceToolException {
        ServiceDefinition definition = definition(false);
        if (tool.find(name(definition)).isEmpty()) {
            throw new NoServiceToolException("this host has no " + definition.tool());
        }
        if (!os.equals("windows")) {
            List<Danger> dangers = dangers(program);
            if (!dangers.isEmpty()) {
                throw new IOException("no service is made of this agent: "
                        + dangers.stream().map(Danger::toString).collect(Collectors.joining("; ")));
            }
            if (!isStable(program)) {
                host.checkLink(command.program());
            }
        }
    }

    /**
     * Who else could change what the service would run or read as root.
     *
     * @param program the agent
     * @return none on Windows
     */
    public List<Danger> dangers(Path program) throws IOException {
        if (os.equals("windows")) {
            return List.of();
        }
        Set<Danger> found = new LinkedHashSet<>(Ownership.dangers(program));
        for (Path part : java()) {
            found.addAll(Ownership.dangers(part));
        }
        if (command.configFile().isPresent()) {
            found.addAll(Ownership.dangers(command.configFile().get()));
        }
        found.addAll(Ownership.dangers(command.runDir().orElse(host.at(ServiceCommand.usualRunDir(os)))));
        return List.copyOf(found);
    }

    /** The parts of Java from which all others are found. */
    private List<Path> java() throws IOException {
        Path java = command.java();
        if (!java.isAbsolute() || !Files.exists(java)) {
            return List.of();
        }
        Path home = java.toRealPath().getParent().getParent();
        return Stream.of("lib/modules", "lib/jvm.cfg", "lib/libjava.so", "lib/server/libjvm.so", "conf/security")
                .map(home::resolve)
                .collect(Collectors.toCollection(() -> new ArrayList<>(List.of(java))));
    }

    private void link(Path program) throws IOException {
        if (!isStable(program)) {
            host.link(command.program(), program.toRealPath());
        }
    }

    private boolean isStable(Path program) throws IOException {
        Path stable = host.at(command.program());
        return Files.exists(stable) && stable.toRealPath().equals(program.toRealPath());
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

    /** Whether somebody keeps what the agent writes to its standard error: systemd's journal does. */
    public boolean keepsStandardError() {
        return os.equals("linux") && init.equals("systemd");
    }

    /** What the service runs: a link to the agent, as a rule. */
    public Path program() {
        return host.at(command.program());
    }

    private ServiceDefinition definition(boolean upgrade) {
        return new ServiceDefinitions(command, HostProcessors.count(), upgrade).of(os, init);
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
