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

    /** Where the number of the agent stands that runs the module: the process that started this one. */
    private static final String AGENT_PID = "\"@AGENT_PID@\"";

    /** The parameters as text, with the fixture's folder and the agent's number put in. */
    public String parameters(Path root) {
        JsonNode text = json.get("parametersText");
        String parameters = text == null ? MigJson.text(json.get("parameters")) : text.asText();
        parameters = parameters.replace("@ROOT@", root.toString());
        return parameters.contains(AGENT_PID) ? parameters.replace(AGENT_PID, agentPid()) : parameters;
    }

    private static String agentPid() {
        return Long.toString(ProcessHandle.current().parent().orElseThrow().pid());
    }

    /** Whether the parameters are fine as such, and the endpoint refuses them. */
    public boolean isRefusedByTheRun() {
        return json.path("stage").asText().equals("run")
                || json.path("parameters").toString().contains(AGENT_PID);
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
