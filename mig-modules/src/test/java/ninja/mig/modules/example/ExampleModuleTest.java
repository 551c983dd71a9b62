package ninja.mig.modules.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExampleModuleTest {
    private final ExampleModule module = new ExampleModule();

    static Stream<VectorCase> valid() {
        return VectorCase.of("example/valid");
    }

    static Stream<VectorCase> invalid() {
        return VectorCase.of("example/invalid");
    }

    @ParameterizedTest
    @MethodSource("valid")
    void answersWhatTheVectorsSay(VectorCase vector) throws Exception {
        ModuleResult result =
                module.run(module.bind(MigJson.tree(vector.parameters(Path.of("/")))), RunContext.unlimited());

        if (vector.json().path("expect").has("stufffound")) {
            assertEquals(
                    vector.json().get("expect").get("stufffound").asInt(),
                    result.statistics().get("stufffound").asInt());
        }
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatTheVectorsSay(VectorCase vector) {
        assertThrows(
                InvalidParametersException.class, () -> module.bind(MigJson.tree(vector.parameters(Path.of("/")))));
    }

    @Test
    void goesOnAfterANameThatCannotBeLookedUp() throws Exception {
        ModuleResult result = module.run(
                module.bind(MigJson.tree("{\"gethostname\":true,\"lookuphost\":[\"no-such-host.invalid\"]}")),
                RunContext.unlimited());

        List<String> lines = module.print(result, false);
        assertTrue(lines.get(0).startsWith("hostname is "), lines.toString());
        assertTrue(lines.get(1).startsWith("error: ERROR: lookup no-such-host.invalid"), lines.toString());
    }
}
