package ninja.mig.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalFormTest {
    static Stream<Path> cases() throws IOException, URISyntaxException {
        Path folder = Path.of(
                CanonicalFormTest.class.getResource("/vectors/canonical").toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsWhatInvestigatorsSigned(Path file) throws Exception {
        JsonNode vector = MigJson.tree(Files.readAllBytes(file));
        String text = vector.get("actionText").asText();
        String verdict = vector.get("port").asText();
        if (verdict.equals("reject-json") || vector.get("canonical2019").isNull()) {
            assertThrows(MalformedJsonException.class, () -> MigJson.read(text, Action.class));
            return;
        }
        Action action = MigJson.read(text, Action.class);
        if (!verdict.equals("accept")) {
            Action signed = action.withSignatures(List.of("signature"));
            assertThrows(InvalidActionException.class, () -> signed.validate(Instant.parse("2015-07-31T20:10:00Z")));
        }
        if (text.contains("\"operations\":[]")) {
            return; // refused above; whether it would print [] or null does not matter
        }
        assertEquals(vector.get("canonical2019").asText(), CanonicalForm.C19.of(action));
        if (!action.operations().stream().anyMatch(Operation::isCompressed)) {
            assertEquals(vector.get("canonical2015").asText(), CanonicalForm.C15.of(action));
            assertEquals(vector.get("canonicalGo12").asText(), CanonicalForm.C12.of(action));
        }
        assertTrue(
                CanonicalForm.allOf(action).contains(vector.get("canonical2019").asText()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void staysTheSameAfterWritingAndReading(Path file) throws Exception {
        JsonNode vector = MigJson.tree(Files.readAllBytes(file));
        if (!vector.get("port").asText().equals("accept")) {
            return;
        }
        Action action = MigJson.read(vector.get("actionText").asText(), Action.class);

        assertEquals(
                CanonicalForm.C19.of(action), CanonicalForm.C19.of(MigJson.read(MigJson.bytes(action), Action.class)));
    }

    @Test
    void printsNumbersAsGoDoes() throws Exception {
        int seen = 0;
        try (InputStream in = getClass().getResourceAsStream("/vectors/canonical-numbers.json")) {
            for (JsonNode n : MigJson.tree(in.readAllBytes())) {
                double value = Double.longBitsToDouble(
                        Long.parseUnsignedLong(n.get("bits").asText(), 16));
                assertEquals(n.get("json2019").asText(), GoNumber.E_FORM.print(value));
                assertEquals(n.get("json2015").asText(), GoNumber.G_FORM.print(value));
                seen++;
            }
        }
        assertEquals(1350, seen);
    }

    @Test
    void triesEachDistinctTextOnce() {
        Action plain = Action.draft(
                "n", "t", Times.UNSET, Times.NOT_YET, List.of(new Operation("file", MigJson.toTree(List.of("a")))));

        assertEquals(1, CanonicalForm.allOf(plain).size());
        assertNotNull(plain.canonical(CanonicalForm.C19));
    }

    @Test
    void hasNoTextForNumbersThatJsonCannotHold() {
        assertThrows(IllegalArgumentException.class, () -> GoNumber.E_FORM.print(Double.NaN));
    }
}
