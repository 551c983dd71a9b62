package ninja.mig.pgp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;

/** The keys, signatures, actions and tokens that pin verification; secret keys among them are for tests alone. */
final class Vectors {
    private Vectors() {}

    /** One case of the manifest. */
    record Case(JsonNode json) {
        String text(String member) {
            return json.get(member).isNull() ? null : json.get(member).asText();
        }

        String file(String member) throws IOException {
            return new String(bytes(text(member)), StandardCharsets.UTF_8);
        }

        Keyring keyring() throws IOException, BadKeyException {
            List<String> keys = new ArrayList<>();
            for (JsonNode key : json.get("keyring")) {
                keys.add(new String(bytes(key.asText()), StandardCharsets.UTF_8));
            }
            return Keyring.of(keys);
        }

        @Override
        public String toString() {
            return json.path("id")
                    .asText(json.path("name").asText(json.path("file").asText()));
        }
    }

    static JsonNode manifest() {
        try {
            return MigJson.tree(bytes("manifest.json"));
        } catch (IOException | ninja.mig.json.MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
    }

    static Instant clock() {
        return Instant.parse(manifest().get("clock").asText());
    }

    static Stream<Case> cases(String family) {
        List<Case> cases = new ArrayList<>();
        manifest().get(family).forEach(node -> cases.add(new Case(node)));
        return cases.stream();
    }

    static byte[] bytes(String name) throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/pgp/" + name)) {
            return in.readAllBytes();
        }
    }
}
