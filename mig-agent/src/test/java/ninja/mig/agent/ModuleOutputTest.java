package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleOutputTest {
    private static final String LONG = "x".repeat(100_000);

    @TempDir
    Path folder;

    @Test
    void copiesTheMembersOfAResult() throws Exception {
        String elements = "{\"a\":[1.50,\"\u00e4\u20ac\",\"" + LONG + "\"],\"errors\":1}";
        String result = " {\"unknown\":[{}],\"Elements\":" + elements
                + ",\"errors\":[\"one\", \"two\"],\"success\":true, \"foundanything\" : false} \n";

        assertEquals(
                "{\"foundanything\":false,\"success\":true,\"elements\":" + elements
                        + ",\"statistics\":null,\"errors\":[\"one\", \"two\"]}",
                written(result, List.of()));
        assertEquals(
                new ModuleResult(false, true, MigJson.tree(elements), null, List.of("one", "two", "\"3\"", "4")),
                MigJson.read(written(result, List.of("\"3\"", "4")), ModuleResult.class));
    }

    @Test
    void addsRemarksToWhateverErrorsThereAre() throws Exception {
        for (String errors : List.of("null", "[]", "[ ]")) {
            assertEquals(
                    List.of("late"),
                    MigJson.read(written("{\"errors\":" + errors + "}", List.of("late")), ModuleResult.class)
                            .errors());
        }
        assertEquals(
                new ModuleResult(false, false, null, null, List.of("late")),
                MigJson.read(written("{}", List.of("late")), ModuleResult.class));
    }

    @Test
    void refusesWhatIsNoResult() {
        for (String text : List.of(
                "",
                "[]",
                "null",
                "no JSON",
                "{}{}",
                "{\"success\":\"true\"}",
                "{\"success\":1}",
                "{\"foundanything\":{}}",
                "{\"errors\":{}}",
                "{\"errors\":\"one\"}",
                "{\"errors\":[1]}",
                "{\"errors\":[\"one\",null]}",
                "{\"success\":true,\"SUCCESS\":false}",
                "{\"elements\":{\"a\":1,\"a\":1}}",
                "{\"elements\":" + "[".repeat(501) + "]".repeat(501) + "}",
                "{\"elements\":[\"" + LONG + "\",}",
                "{\"elements\":[\"" + LONG)) {
            assertThrows(MalformedJsonException.class, () -> written(text, List.of()), text);
        }
    }

    @Test
    void keepsLargeOutputInAFileForItsOwnerAloneAndDeletesIt() throws Exception {
        try (ModuleOutput output = new ModuleOutput(folder)) {
            assertTrue(output.take(new byte[1000], 1000));
            assertEquals(List.of(), files());

            byte[] more = new byte[20_000];
            assertTrue(output.take(more, more.length));
            assertEquals(0, output.inMemory());
            assertEquals(21_000, output.size());
            assertEquals(1, files().size());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files().get(0))));

            assertEquals(Optional.empty(), output.end());
            assertFalse(output.take(more, more.length), "it has ended");
            assertEquals(21_000, Files.size(files().get(0)));
        }
        assertEquals(List.of(), files());
    }

    @Test
    void isBounded() throws Exception {
        byte[] piece = new byte[1 << 20];
        try (ModuleOutput output = new ModuleOutput(folder)) {
            for (int i = 0; i < 26; i++) {
                assertTrue(output.take(piece, piece.length));
            }
            assertFalse(output.take(piece, 1));
            assertEquals(Optional.of("result too large: more than 26 MiB"), output.end());
            assertEquals(26 << 20, Files.size(files().get(0)));
        }
    }

    @Test
    void saysThatItCannotBeKept() throws Exception {
        try (ModuleOutput output = new ModuleOutput(folder.resolve("missing"))) {
            assertFalse(output.take(new byte[20_000], 20_000));

            String problem = output.end().orElseThrow();
            assertTrue(problem.startsWith("its result cannot be kept: "), problem);
        }
    }

    private String written(String text, List<String> remarks) throws Exception {
        try (ModuleOutput output = new ModuleOutput(folder)) {
            byte[] bytes = text.getBytes(UTF_8);
            output.take(bytes, bytes.length);
            assertEquals(Optional.empty(), output.end());
            output.check();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            output.writeTo(out, remarks);
            return out.toString(UTF_8);
        }
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
