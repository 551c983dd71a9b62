package ninja.mig.modules;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Files that are agents as far as anybody can see from outside, and their processes. */
public final class FakeAgent {
    private FakeAgent() {}

    /** A jar, behind a script, with the main class of an agent. */
    public static Path file(Path file, String version) throws IOException {
        return file(file, AgentFile.MAIN_CLASS, "{\"version\":\"" + version + "\"}");
    }

    public static Path file(Path file, String mainClass, String configuration) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "of the jar");
        String main = "ninja/mig/agent/Main.class";
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n".getBytes(StandardCharsets.US_ASCII));
            try (JarOutputStream jar = new JarOutputStream(out, manifest);
                    InputStream code = FakeAgent.class.getResourceAsStream("/" + main)) {
                jar.putNextEntry(new JarEntry(main));
                code.transferTo(jar);
                jar.putNextEntry(new JarEntry("META-INF/mig/builtin.json"));
                jar.write(configuration.getBytes(StandardCharsets.UTF_8));
                jar.closeEntry();
            }
        }
        return file;
    }

    /** Starts Java, and returns when its program serves. */
    public static Process start(Object... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.getInputStream().read() != 's') {
            throw new IOException("it does not start: " + command);
        }
        return process;
    }
}
