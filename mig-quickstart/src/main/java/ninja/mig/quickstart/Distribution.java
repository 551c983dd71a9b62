package ninja.mig.quickstart;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directory with the executable jars, {@code dist/}. */
public record Distribution(Path directory) {
    /** System property that names it, for a start that is not from the jar in it. */
    static final String PROPERTY = "mig.dist";

    /** Where our own jar lies, or where {@value #PROPERTY} says. */
    public static Distribution find() throws IOException {
        String given = System.getProperty(PROPERTY, "");
        if (!given.isEmpty()) {
            return new Distribution(Path.of(given).toAbsolutePath());
        }
        try {
            Path jar = Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new Distribution(jar.toAbsolutePath().getParent());
        } catch (URISyntaxException e) {
            throw new IOException("cannot tell where this program's jar is", e);
        }
    }

    public Path jar(String program) throws IOException {
        Path jar = directory.resolve(program + ".jar");
        if (!Files.isRegularFile(jar)) {
            throw new IOException(jar + " does not exist; build it: mvn -Dquick -DskipTests package");
        }
        return jar;
    }

    /** The command that runs a program in a small JVM of the same kind as ours. */
    List<String> command(String program, List<String> javaOptions, List<String> arguments) throws IOException {
        return command(jar(program), javaOptions, arguments);
    }

    static List<String> command(Path jar, List<String> javaOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx192m"));
        command.addAll(javaOptions);
        command.add("-jar");
        command.add(jar.toString());
        command.addAll(arguments);
        return command;
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
