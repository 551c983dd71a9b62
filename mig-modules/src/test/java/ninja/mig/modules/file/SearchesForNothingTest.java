package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.ModuleFlags;
import ninja.mig.modules.RunContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchesForNothingTest {
    private final FileModule module = new FileModule();

    @TempDir
    Path root;

    private ModuleResult run(String parameters) throws Exception {
        return module.run(module.bind(MigJson.tree(parameters)), RunContext.unlimited());
    }

    @Test
    void saysThatASearchOfUnknownNamesFindsNothing() throws Exception {
        String known = "\"paths\":[" + MigJson.text(root.toString()) + "],";
        String unknown = known + "\"name\":[\"passwd\"],\"MaxDepth\":3";
        String many = known + "\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\\u001b\":1,\"" + "f".repeat(100) + "\":1,\"g\":1";

        ModuleResult result = run("{\"searches\":{\"s1\":{" + unknown + "},\"s2\":{" + many + "}}}");

        assertTrue(result.success());
        assertEquals(0, result.statistics().get("filescount").asInt());
        assertEquals(
                List.of(
                        "warning: search 's1' has no condition, it finds nothing (unknown: maxdepth, name)",
                        "warning: search 's2' has no condition, it finds nothing (unknown: a, b, c, d, e\\x1b and 2 others)"),
                result.errors());
        assertEquals(
                List.of(),
                run("{\"searches\":{\"s1\":{" + unknown + ",\"names\":[\"x\"]},\"s2\":{\"paths\":[\"/\"]}}}")
                        .errors());
    }

    @Test
    void refusesACommandLineThatLooksForNothing() throws Exception {
        ModuleFlags flags = module.flags().orElseThrow();

        assertTrue(assertThrows(
                        InvalidParametersException.class, () -> flags.parse(List.of("-path", "/etc", "-returnsha256")))
                .getMessage()
                .startsWith("nothing is looked for: one of -content, -md5, -mode,"));
        for (String condition : List.of("-size=1", "-sha3_224=" + "0".repeat(56))) {
            flags.parse(List.of("-path", "/etc", condition));
        }
    }
}
