package ninja.mig.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import ninja.mig.conf.ConfException;

/**
 * Ends the build of an agent: puts the script before its jar, and a copy under the name of its version where the original has
 * it, {@code bin/<os>/<arch>/mig-agent-<version>}, with the link {@code mig-agent-latest} beside it. The program is the same for
 * all systems; Windows gets it without the script.
 */
final class AgentPackage {
    private AgentPackage() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.err));
    }

    static int run(List<String> args, PrintStream err) {
        if (args.size() != 4 || !args.get(2).startsWith("--os=") || !args.get(3).startsWith("--arch=")) {
            err.println(
                    "Usage: java -cp mig-agent.jar ninja.mig.agent.AgentPackage <dist> <bin> --os=[<os>] --arch=[<arch>]");
            return Main.USAGE;
        }
        Path dist = Path.of(args.get(0));
        try {
            BuildTarget target = BuildTarget.of(
                    args.get(2).substring("--os=".length()), args.get(3).substring("--arch=".length()));
            LauncherFile.write(dist.resolve("mig-agent.jar"), dist.resolve("mig-agent"));
            err.println("[info] the agent is " + put(dist, Path.of(args.get(1)), target));
            return Main.OK;
        } catch (ConfException e) {
            err.println("[error] " + e.getMessage());
            return Main.USAGE;
        } catch (IOException e) {
            err.println("[error] the agent cannot be put into its place: " + e);
            return Main.FATAL;
        }
    }

    private static Path put(Path dist, Path bin, BuildTarget target) throws IOException {
        String ending = target.os().equals("windows") ? ".jar" : "";
        Path built = dist.resolve("mig-agent" + ending);
        String version = BuiltinConfigCompiler.builtInto(built).version();
        Path folder = Files.createDirectories(bin.resolve(target.os()).resolve(target.arch()));
        Path agent = folder.resolve("mig-agent-" + version + ending);
        copy(built, agent);
        Path latest = folder.resolve("mig-agent-latest" + ending);
        Files.deleteIfExists(latest);
        try {
            Files.createSymbolicLink(latest, agent.getFileName());
        } catch (UnsupportedOperationException | FileSystemException e) {
            copy(agent, latest); // Windows lets few people make links.
        }
        return agent;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }
}
