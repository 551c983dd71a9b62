package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;

/**
 * The one file that an agent is: a jar, perhaps behind the script that starts it. Nothing of it is executed to find out.
 *
 * @param path absolute, without links
 * @param version as the agent itself tells it
 */
public record AgentFile(Path path, String version) {
    /** The class that an agent starts with. */
    public static final String MAIN_CLASS = "ninja.mig.agent.Main";

    /** What a version consists of; it becomes part of a file's name. */
    public static final Pattern VERSION = Pattern.compile("[A-Za-z0-9._+-]{1,128}");

    private static final String CONFIGURATION = "META-INF/mig/builtin.json";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final int LARGEST_ENTRY = 16 << 20;

    /** @throws IOException if the file cannot be read, or is no agent: the message says so */
    public static AgentFile read(Path file) throws IOException {
        Path path = file.toRealPath();
        if (!Files.isRegularFile(path)) {
            throw new IOException(path + " is not a file");
        }
        return new AgentFile(path, versionOf(path));
    }

    /**
     * The version of an agent, also of one whose file has no name any more.
     *
     * @param path a file, or what leads to it in {@code /proc}
     * @throws IOException as {@link #read}
     */
    public static String versionOf(Path path) throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            Attributes manifest = manifest(zip).getMainAttributes();
            if (!MAIN_CLASS.equals(manifest.getValue(Attributes.Name.MAIN_CLASS))) {
                throw new IOException(path + " is no agent: its main class is another one");
            }
            String built = builtInVersion(zip);
            return built.isEmpty()
                    ? Optional.ofNullable(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
                            .orElse("")
                    : built;
        } catch (java.util.zip.ZipException e) {
            throw new IOException(path + " is no agent: it is not a jar", e);
        }
    }

    /** The file that this very process runs from; nothing if it runs from folders or several files. */
    public static Optional<Path> own() throws IOException {
        String classPath = System.getProperty("java.class.path");
        if (classPath.isEmpty() || classPath.contains(File.pathSeparator)) {
            return Optional.empty();
        }
        Path file = Path.of(classPath);
        return Files.isRegularFile(file) ? Optional.of(file.toRealPath()) : Optional.empty();
    }

    private static Manifest manifest(ZipFile zip) throws IOException {
        try (InputStream in = entry(zip, MANIFEST)) {
            return new Manifest(in);
        }
    }

    private static String builtInVersion(ZipFile zip) throws IOException {
        try (InputStream in = entry(zip, CONFIGURATION)) {
            JsonNode version = MigJson.tree(in.readAllBytes()).path("version");
            return version.asText("");
        } catch (MalformedJsonException e) {
            throw new IOException(zip.getName() + " is no agent: its configuration cannot be read", e);
        }
    }

    private static InputStream entry(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException(zip.getName() + " is no agent: it has no " + name);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] content = in.readNBytes(LARGEST_ENTRY + 1);
            if (content.length > LARGEST_ENTRY) {
                throw new IOException(zip.getName() + " is no agent: its " + name + " is too large");
            }
            return new java.io.ByteArrayInputStream(content);
        }
    }
}
