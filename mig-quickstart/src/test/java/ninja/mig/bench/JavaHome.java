package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Java to measure with. */
record JavaHome(Path home, String version) {
    static JavaHome of(Path home) throws IOException {
        if (!Files.isExecutable(home.resolve("bin/java"))) {
            throw new IOException(home + " is no Java: it has no bin/java");
        }
        String version = Files.readAllLines(home.resolve("release")).stream()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll("[^0-9.]", ""))
                .findFirst()
                .orElseThrow(() -> new IOException(home + "/release does not tell the version"));
        return new JavaHome(home.toRealPath(), version);
    }
}
