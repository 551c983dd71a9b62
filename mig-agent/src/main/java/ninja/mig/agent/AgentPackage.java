package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;

/**
 * Puts a finished agent where the build for one system leaves it: {@code <os>/<arch>/mig-agent-<version>}, and beside it the
 * link {@code mig-agent-latest}. The program is the same for all systems; Windows gets it without the script.
 */
final class AgentPackage {
    private static final Set<String> SYSTEMS = Set.of("linux", "darwin", "windows");
    private static final Set<String> PROCESSORS = Set.of("amd64", "386", "arm64");

    private AgentPackage() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.err));
    }

    static int run(List<String> args, PrintStream err) {
        if (args.size() != 3) {
            err.println("Usage: java -cp mig-agent.jar ninja.mig.agent.AgentPackage <folder> <os> <arch>");
            return Main.USAGE;
        }
        String os = args.get(1);
        String arch = args.get(2);
        if (!SYSTEMS.contains(os) || !PROCESSORS.contains(arch)) {
            err.println("[error] OS is '" + os + "', ARCH '" + arch
                    + "': expected linux, darwin or windows, and amd64, 386 or arm64");
            return Main.USAGE;
        }
        try {
            err.println("[info] " + make(Path.of(args.get(0)), os, arch));
            return Main.OK;
        } catch (IOException e) {
            err.println("[error] the agent cannot be put into its place: " + e);
            return Main.FATAL;
        }
    }

    /** @param folder that has {@code mig-agent} and {@code mig-agent.jar} */
    private static Path make(Path folder, String os, String arch) throws IOException {
        String ending = os.equals("windows") ? ".jar" : "";
        Path built = folder.resolve("mig-agent" + ending);
        String version = BuiltinConfigCompiler.builtInto(folder.resolve("mig-agent.jar")).version();
        Path target = Files.createDirectories(folder.resolve(os).resolve(arch));
        Path agent = target.resolve("mig-agent-" + version + ending);
        Files.copy(built, agent, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Path latest = target.resolve("mig-agent-latest" + ending);
        Files.deleteIfExists(latest);
        Files.createSymbolicLink(latest, agent.getFileName());
        return agent;
    }
}
