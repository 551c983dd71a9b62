package ninja.mig.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.modules.Modules;

/**
 * Compiles the source of a built-in configuration into the agent: the build calls it, and operators who have a finished jar
 * and no build do. A problem in the file, or in a key or certificate that it names, is an error; nothing is written then.
 */
public final class BuiltinConfigCompiler {
    private static final String USAGE = """
            Usage: java -cp mig-agent.jar ninja.mig.agent.BuiltinConfigCompiler --into <mig-agent.jar> <configuration file>
               or: ... BuiltinConfigCompiler --out <builtin.json> --version <version> <configuration file>
               or: ... BuiltinConfigCompiler --build <project> <builtin.json> <version> <environment> \\
                       --conf=[<file>] --modules=[<file>] --os=[<os>] --arch=[<arch>]
            The last form is the build's. Without a configuration it takes conf/mig-agent-conf.cfg, or the template if there is
            none; a file of modules, one name in each line, takes the place of the list in the configuration. The version is
            that of the sources, yyyymmdd+<commit>.<environment>, for Windows yy.mm.dd, if they come from git.
            """;

    private BuiltinConfigCompiler() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.err));
    }

    static int run(List<String> args, PrintStream err) {
        try {
            if (args.size() == 3 && args.get(0).equals("--into")) {
                into(Path.of(args.get(1)), Path.of(args.get(2)), err);
            } else if (args.size() == 5
                    && args.get(0).equals("--out")
                    && args.get(2).equals("--version")) {
                out(Path.of(args.get(1)), Path.of(args.get(4)), args.get(3), err);
            } else if (args.size() == 9
                    && args.get(0).equals("--build")
                    && args.get(5).startsWith("--conf=")
                    && args.get(6).startsWith("--modules=")
                    && args.get(7).startsWith("--os=")
                    && args.get(8).startsWith("--arch=")) {
                build(args, err);
            } else {
                err.print(USAGE);
                return Main.USAGE;
            }
            return Main.OK;
        } catch (ConfException e) {
            e.problems().forEach(problem -> err.println("[error] " + problem));
            return Main.FATAL;
        } catch (IOException e) {
            err.println("[error] the configuration is not built in: " + e);
            return Main.FATAL;
        }
    }

    private static void build(List<String> args, PrintStream err) throws IOException {
        Path root = Path.of(args.get(1));
        String environment = args.get(4);
        String modules = value(args.get(6));
        BuildTarget target = BuildTarget.of(value(args.get(7)), value(args.get(8)));
        write(
                Path.of(args.get(2)),
                compile(
                        source(root, value(args.get(5)), err),
                        SourceVersion.of(root, target, environment).orElse(args.get(3) + "." + environment),
                        modules.isEmpty() ? Optional.empty() : Optional.of(root.resolve(modules)),
                        BuiltinConfigSource.DEFAULT_MODULES,
                        err));
    }

    private static String value(String flag) {
        return flag.substring(flag.indexOf('=') + 1);
    }

    private static Path source(Path root, String given, PrintStream err) {
        if (!given.isEmpty()) {
            return root.resolve(given);
        }
        Path own = root.resolve("conf/mig-agent-conf.cfg");
        if (Files.exists(own)) {
            return own;
        }
        err.println(
                "[warning] conf/mig-agent-conf.cfg is missing: the template is built in, with which no agent works");
        return root.resolve("conf/mig-agent-conf.cfg.inc");
    }

    private static void out(Path target, Path source, String version, PrintStream err) throws IOException {
        write(target, compile(source, version, Optional.empty(), BuiltinConfigSource.DEFAULT_MODULES, err));
    }

    private static void write(Path target, BuiltinConfig compiled) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.write(target, MigJson.bytes(compiled));
    }

    /** @param otherwise the modules, if neither a list nor the source names any */
    private static BuiltinConfig compile(
            Path source, String version, Optional<Path> list, List<String> otherwise, PrintStream err) {
        if (!Files.exists(source)) {
            throw new ConfException(source + " configuration file is missing");
        }
        BuiltinConfigSource.Compiled compiled = BuiltinConfigSource.compile(
                source, version, list, otherwise, Modules.installed().names());
        compiled.warnings().forEach(warning -> err.println("[warning] " + source + ": " + warning));
        return compiled.config();
    }

    /** Replaces the configuration in a jar or launcher, in one step; the version stays, and the modules if the source has none. */
    private static void into(Path jar, Path source, PrintStream err) throws IOException {
        Path target = jar.toRealPath();
        BuiltinConfig former = builtInto(target);
        BuiltinConfig compiled = compile(source, former.version(), Optional.empty(), former.modules(), err);
        Path unfinished = Files.createTempFile(target.getParent(), ".mig-agent", ".jar");
        try {
            copy(target, unfinished, MigJson.bytes(compiled));
            if (Files.getFileAttributeView(target, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(unfinished, Files.getPosixFilePermissions(target));
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        err.println("[info] " + source + " is built into " + jar);
        err.println("[info] its modules"
                + (compiled.modules().equals(former.modules()) ? ", as before: " : " from now on: ")
                + String.join(", ", compiled.modules()));
    }

    /** What a jar or launcher has. */
    static BuiltinConfig builtInto(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(BuiltinConfig.RESOURCE);
            if (entry == null) {
                throw new IOException(jar + " is not an agent: it has no " + BuiltinConfig.RESOURCE);
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return MigJson.read(in.readAllBytes(), BuiltinConfig.class);
            }
        } catch (MalformedJsonException e) {
            throw new IOException("the configuration in " + jar + " cannot be read", e);
        }
    }

    private static void copy(Path jar, Path target, byte[] config) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(target);
                ZipOutputStream out = new ZipOutputStream(file)) {
            file.write(LauncherFile.script(jar));
            for (ZipEntry entry : Collections.list(zip.entries())) {
                ZipEntry copied = new ZipEntry(entry.getName());
                copied.setTime(entry.getTime());
                out.putNextEntry(copied);
                if (entry.getName().equals(BuiltinConfig.RESOURCE)) {
                    out.write(config);
                } else {
                    try (InputStream in = zip.getInputStream(entry)) {
                        in.transferTo(out);
                    }
                }
                out.closeEntry();
            }
        }
    }
}
