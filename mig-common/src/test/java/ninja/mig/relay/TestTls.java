package ninja.mig.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Certificates and keys for localhost, signed by a CA of the tests. */
final class TestTls {
    private TestTls() {}

    static Path path(String name) {
        return Path.of("src/test/resources/tls", name).toAbsolutePath();
    }

    static String text(String name) throws IOException {
        return Files.readString(path(name));
    }
}
