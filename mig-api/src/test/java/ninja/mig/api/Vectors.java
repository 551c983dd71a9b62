package ninja.mig.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.AuthToken;
import ninja.mig.pgp.SecretKeyring;

/** The examples of the API, with the keys and signed actions that they use. */
final class Vectors {
    private static final Path FOLDER = folder();

    private Vectors() {}

    private static Path folder() {
        try {
            return Path.of(Vectors.class.getResource("/vectors/api").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static String text(String path) {
        try {
            return Files.readString(FOLDER.resolve(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode json(String path) {
        try {
            return MigJson.tree(text(path));
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(path, e);
        }
    }

    static List<JsonNode> cases() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("cases"))) {
            return files.sorted()
                    .map(file -> json("cases/" + file.getFileName()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ActionSigner signer(String name) throws Exception {
        SecretKeyring keyring =
                SecretKeyring.load(text("keys/" + name + ".sec.asc").getBytes(StandardCharsets.UTF_8));
        return keyring.signer(keyring.onlyFingerprint(), new char[0]);
    }

    /** A token made now. */
    static String token(String name) throws Exception {
        return AuthToken.create(signer(name), Clock.systemUTC(), System.nanoTime());
    }
}
