package ninja.mig.modules.agentdestroy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import ninja.mig.model.ModuleResult;
import ninja.mig.model.RejectedException;
import ninja.mig.modules.AgentFile;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.Printable;
import ninja.mig.modules.Reason;
import ninja.mig.modules.RunContext;

/** Ends another agent of this host, after an upgrade, and deletes its file. */
public final class AgentDestroyModule implements Module<AgentDestroyParameters> {
    private static final long TO_DIE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final String LINK = "mig-agent";

    /** The file that this agent runs from, without links. */
    interface OwnFile {
        Optional<Path> find() throws IOException;
    }

    private final OwnFile ownFile;
    private final List<Path> stableNames;

    /** Of this process. */
    public AgentDestroyModule() {
        this(AgentFile::own, List.of(Path.of("/sbin", LINK), Path.of("/usr/local/sbin", LINK)));
    }

    /** @param stableNames by which services may start an agent */
    AgentDestroyModule(OwnFile ownFile, List<Path> stableNames) {
        this.ownFile = ownFile;
        this.stableNames = List.copyOf(stableNames);
    }

    @Override
    public String name() {
        return "agentdestroy";
    }

    @Override
    public String description() {
        return "ends another agent of this host, after an upgrade";
    }

    @Override
    public AgentDestroyParameters bind(JsonNode parameters) throws InvalidParametersException {
        return AgentDestroyParameters.bind(parameters);
    }

    @Override
    public ModuleResult run(AgentDestroyParameters parameters, RunContext context)
            throws RejectedException, InterruptedException {
        if (isOwn(parameters.pid())) {
            throw new RejectedException(
                    "process " + parameters.pid()
                            + " is the agent that runs this very module: nothing was done, another agent of this host must get the order");
        }
        Victim victim = Victim.find(parameters);
        List<String> errors = new ArrayList<>();
        String done = "PID " + parameters.pid() + " from agent " + parameters.version() + " has been killed";
        if (!kill(victim.process(), context)) {
            errors.add("process " + parameters.pid() + " was killed, but has not ended");
            return new ModuleResult(false, false, null, null, errors);
        }
        Path file = victim.file().name();
        if (victim.file().isGone()) {
            errors.add(file + " was not removed: it is another file than the one that was run, or gone");
        } else if (delete(file, errors)) {
            done += " and its executable removed from " + file;
        }
        return new ModuleResult(false, true, TextNode.valueOf(done), null, errors);
    }

    /** The agent, this process, and whoever started it in another way. */
    private static boolean isOwn(long pid) {
        ProcessHandle self = ProcessHandle.current();
        return pid == self.pid()
                || Long.toString(pid).equals(System.getProperty("mig.parent"))
                || self.parent().filter(parent -> parent.pid() == pid).isPresent();
    }

    /** Only a file beside our own is ours to delete; one that this agent, or the next start, needs stays. */
    private boolean delete(Path file, List<String> errors) {
        try {
            Optional<Path> own = ownFile.find();
            Optional<Path> folder = own.map(Path::getParent);
            if (own.filter(file::equals).isPresent()) {
                errors.add(file + " was not removed: this agent runs from it too");
            } else if (folder.filter(file.getParent()::equals).isEmpty()) {
                errors.add(file + " was not removed: it does not lie beside the file of this agent");
            } else {
                Optional<Path> link = linkTo(file, folder.get());
                if (link.isEmpty()) {
                    Files.delete(file);
                    return true;
                }
                errors.add(file + " was not removed: " + link.get() + " leads to it");
            }
        } catch (IOException e) {
            errors.add(file + " was not removed: " + Reason.of(e));
        }
        return false;
    }

    /** The link of an upgrade, or the name that services run. */
    private Optional<Path> linkTo(Path file, Path folder) throws IOException {
        for (Path link : Stream.concat(Stream.of(folder.resolve(LINK)), stableNames.stream())
                .toList()) {
            if (Files.exists(link) && Files.isSameFile(link, file)) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private static boolean kill(ProcessHandle victim, RunContext context) throws InterruptedException {
        // Checks the start of the process once more, in the same moment.
        victim.destroyForcibly();
        long end = System.nanoTime() + TO_DIE_NANOS;
        while (!ProcessFacts.isDead(victim)) {
            if (System.nanoTime() > end || context.mustStop()) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }

    @Override
    public List<String> print(ModuleResult result, boolean foundOnly) {
        List<String> lines = new ArrayList<>();
        if (result.elements().isTextual()) {
            lines.add(result.elements().asText());
        }
        if (!foundOnly) {
            result.errors().forEach(error -> lines.add("[error] " + error));
            lines.add("agentdestroy module has " + (result.success() ? "succeeded" : "failed"));
        }
        return lines.stream().map(Printable::line).toList();
    }

    @Override
    public List<String> keys() {
        return Parameters.keys(AgentDestroyParameters.class);
    }
}
