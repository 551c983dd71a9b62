package ninja.mig.modules;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;

/** One case of the modules' vectors: parameters or words, and what must come of them. */
public record VectorCase(String file, JsonNode json) {
    /** Every case of a folder such as {@code file/valid}. */
    public static Stream<VectorCase> of(String folder) {
        try {
            Path path = Path.of(
                    VectorCase.class.getResource("/vectors/modules/" + folder).toURI());
            List<VectorCase> cases = new ArrayList<>();
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.sorted().toList()) {
                    cases.add(new VectorCase(file.getFileName().toString(), MigJson.tree(Files.readAllBytes(file))));
                }
            }
            return cases.stream();
        } catch (IOException | URISyntaxException | MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The parameters as text, with the fixture's folder put in. */
    public String parameters(Path root) {
        JsonNode text = json.get("parametersText");
        String parameters = text == null ? MigJson.text(json.get("parameters")) : text.asText();
        return parameters.replace("@ROOT@", root.toString());
    }

    public List<String> words() {
        List<String> words = new ArrayList<>();
        json.get("args").forEach(a -> words.add(a.asText()));
        return words;
    }

    @Override
    public String toString() {
        return file;
    }
}
