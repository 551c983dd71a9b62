package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unit of systemd of which an agent is the main process, but which no agent installed: it would start another agent
 * when this one is ended by the one that replaces it.
 */
public final class ForeignUnit {
    private static final Logger log = LoggerFactory.getLogger(ForeignUnit.class);

    private static final Pattern CONTROL_GROUP =
            Pattern.compile("(?m)^[^:\n]*:[^:\n]*:/(?:[^\n]*/)?([A-Za-z0-9_][A-Za-z0-9_:.@\\\\-]*\\.service)$");
    private static final Pattern PROGRAM = Pattern.compile("(?m)^ExecStart=\\{ path=([^ ;]+) ;");

    private final String name;
    private final ServiceTool tool;

    private ForeignUnit(String name, ServiceTool tool) {
        this.name = name;
        this.tool = tool;
    }

    /**
     * Looks for the unit.
     *
     * @param proc {@code /proc}
     * @param agent the process of the agent
     * @param own whether {@code mig-agent.service} is one that agents install
     * @return nothing if no unit looks after the process
     */
    public static Optional<ForeignUnit> of(Path proc, long agent, boolean own, ServiceTool tool)
            throws IOException, InterruptedException {
        Path groups = proc.resolve(Long.toString(agent)).resolve("cgroup");
        if (!Files.exists(groups) || tool.find("systemctl").isEmpty()) {
            return Optional.empty();
        }
        Matcher group = CONTROL_GROUP.matcher(new String(Files.readAllBytes(groups), StandardCharsets.ISO_8859_1));
        while (group.find()) {
            String unit = group.group(1);
            boolean ours = own && unit.equals("mig-agent.service");
            if (!ours && isMainProcess(unit, agent, tool)) {
                return Optional.of(new ForeignUnit(unit, tool));
            }
        }
        return Optional.empty();
    }

    private static boolean isMainProcess(String unit, long agent, ServiceTool tool) throws InterruptedException {
        try {
            return tool.ask("systemctl", "show", "--property=MainPID", unit)
                    .strip()
                    .equals("MainPID=" + agent);
        } catch (IOException e) {
            log.info("systemd does not tell of {}, and looks after no agent: {}", unit, e.getMessage());
            return false;
        }
    }

    /**
     * Whether a restart would start another version; nothing is changed.
     *
     * @param program the agent that is to run
     * @throws RejectedException if it would not, with what to do
     */
    public void check(Path program) throws IOException, RejectedException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new RejectedException(
                    "the agent is the unit " + name + ", which only root can restart: restart it by other means");
        }
        Matcher found = PROGRAM.matcher(tool.ask("systemctl", "show", "--property=ExecStart", name));
        if (found.find()) {
            Path runs = Path.of(found.group(1));
            boolean isAgent =
                    runs.getFileName() != null && runs.getFileName().toString().startsWith("mig-agent");
            if (isAgent && Files.exists(runs) && !runs.toRealPath().equals(program.toRealPath())) {
                throw new RejectedException("the unit " + name + " runs " + runs
                        + ", which is another version: it must run the link mig-agent");
            }
        }
    }

    /** Has the agent ended and another one started; does not wait for it. */
    public void restart() throws IOException, InterruptedException {
        tool.run(Step.must("systemctl", "--no-block", "restart", name));
    }

    @Override
    public String toString() {
        return name;
    }
}
