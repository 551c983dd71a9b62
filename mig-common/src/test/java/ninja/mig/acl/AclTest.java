package ninja.mig.acl;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import ninja.mig.conf.ConfException;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.pgp.Fingerprint;
import ninja.mig.pgp.Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AclTest {
    record Case(JsonNode json) {
        @Override
        public String toString() {
            return json.get("id").asText();
        }
    }

    static Stream<Case> cases() throws Exception {
        try (InputStream in = AclTest.class.getResourceAsStream("/vectors/acl/acl.json")) {
            List<Case> cases = new ArrayList<>();
            MigJson.tree(in.readAllBytes()).get("cases").forEach(c -> cases.add(new Case(c)));
            return cases.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decidesAboutTheWholeAction(Case c) {
        JsonNode acl = c.json().get("acl");
        List<String> documents = List.of(acl.isTextual() ? acl.asText() : MigJson.text(acl));
        if (c.json().get("load").asText().equals("error")) {
            assertThrows(ConfException.class, () -> Acl.parse(documents));
            return;
        }
        List<String> modules = new ArrayList<>();
        c.json().get("modules").forEach(m -> modules.add(m.asText()));
        List<String> names = new ArrayList<>();
        c.json().get("signers").forEach(s -> names.add(s.asText()));
        Set<Fingerprint> signers = new LinkedHashSet<>();
        boolean twice = false; // refused before the ACL is asked
        for (String name : names) {
            twice |= !signers.add(Fingerprint.parse(name));
        }
        if (c.json().get("expect").asText().equals("allow")) {
            assertDoesNotThrow(() -> Acl.parse(documents).check(modules, signers));
        } else if (!twice) {
            assertThrows(
                    PermissionDeniedException.class, () -> Acl.parse(documents).check(modules, signers));
        }
    }

    @Test
    void namesOperationModuleAndWeights() {
        Acl acl = Acl.parse(
                List.of("{\"file\":{\"minimumweight\":2,\"investigators\":{\"a\":{\"fingerprint\":\"" + "A".repeat(40)
                        + "\",\"weight\":1},\"b\":{\"fingerprint\":\"" + "B".repeat(40) + "\",\"weight\":1}}}}"));

        PermissionDeniedException e = assertThrows(
                PermissionDeniedException.class,
                () -> acl.check(List.of("file"), Set.of(Fingerprint.parse("A".repeat(40)))));

        assertEquals(
                "operation 0, module 'file': permission denied, its signers weigh 1, permission 'file' needs 2",
                e.getMessage());
    }

    @Test
    void explainsItsDecisionAboutOneModule() {
        Acl acl = Acl.parse(List.of("{" + permission("file", "2", "3") + "}"));
        Fingerprint a = Fingerprint.parse("A".repeat(40));

        Acl.Decision allowed = acl.decide("file", Set.of(a));
        assertEquals(3, allowed.weight());
        assertEquals("file", allowed.permission().orElseThrow().name());
        assertEquals(Optional.empty(), allowed.refusal());

        assertEquals(
                Optional.of("permission denied, its signers weigh 0, permission 'file' needs 2"),
                acl.decide("file", Set.of()).refusal());
        assertEquals(
                Optional.of("permission denied, no permission of the ACL applies"),
                acl.decide("ping", Set.of(a)).refusal());
        assertEquals(
                Optional.of("this is not the name of a module"),
                acl.decide("default", Set.of(a)).refusal());
    }

    @Test
    void reportsEveryProblemAtOnce() {
        ConfException e = assertThrows(
                ConfException.class,
                () -> Acl.parse(List.of(
                        "{\"a\":{\"minimumweight\":0,\"investigators\":{}},\"b\":[],"
                                + "\"c\":{\"minimumweight\":1,\"investigators\":{\"x\":{\"fingerprint\":\"12\",\"weight\":1}}}}",
                        "{\"a\":")));

        assertTrue(e.problems().size() >= 5, e.getMessage());
    }

    private static String permission(String name, String minimum, String weight) {
        return "\"" + name + "\":{\"MinimumWeight\":" + minimum + ",\"Investigators\":{\"a\":{\"FINGERPRINT\":\"0x"
                + "a".repeat(40) + "\",\"Weight\":" + weight + "}}}";
    }

    @Test
    void takesOneObjectOrAListOfThemPerDocument() {
        Acl acl = Acl.parse(List.of(
                "{" + permission("file", "1", "1") + "," + permission("default", "2", "2") + "}",
                "[{" + permission("pkg", "1", "3000000") + "},{" + permission("ping", "1", "1") + "}]"));

        assertEquals(Set.of("file", "default", "pkg", "ping"), acl.permissions().keySet());
    }

    @Test
    void refusesListsInListsAndAnythingElse() {
        for (String document : List.of("[[{}]]", "[1]", "null", "\"x\"", "", "{} {}", "[null]")) {
            assertThrows(ConfException.class, () -> Acl.parse(List.of(document)), document);
        }
    }

    @Test
    void refusesWeightsThatAreNotWholeNumbersFromOne() {
        for (String weight : List.of(
                "0", "-1", "1.5", "2.0", "1e0", "true", "\"1\"", "null", "[]", "4294967297", "18446744073709551617")) {
            String asWeight = "{" + permission("file", "1", weight) + "}";
            String asMinimum = "{" + permission("file", weight, "1") + "}";
            assertThrows(ConfException.class, () -> Acl.parse(List.of(asWeight)), asWeight);
            assertThrows(ConfException.class, () -> Acl.parse(List.of(asMinimum)), asMinimum);
        }
    }

    @Test
    void refusesAPermissionTwiceAlsoAcrossDocumentsAndWhenTheFirstIsBad() {
        ConfException e = assertThrows(
                ConfException.class,
                () -> Acl.parse(
                        List.of("{" + permission("file", "0", "1") + "}", "{" + permission("file", "1", "1") + "}")));

        assertEquals(2, e.problems().size(), e.getMessage());
        assertTrue(e.problems().get(1).contains("'file' of the ACL is there twice"), e.getMessage());
    }

    @Test
    void weighsAPersonOnceHoweverManyOfHisKeysSigned() {
        Acl acl = Acl.parse(List.of(("{" + permission("file", "2", "1") + "}")
                .replace("}}}", "},\"b\":{\"fingerprint\":\"" + "B".repeat(40) + "\",\"weight\":1}}}")));
        Fingerprint person = Fingerprint.parse("A".repeat(40));
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Set<Signer> signers = Set.of(
                new Signer(person, person, "a", now), new Signer(person, Fingerprint.parse("C".repeat(40)), "a", now));
        Action action = Action.draft("n", "t", now, now, List.of(new Operation("file", null)));

        PermissionDeniedException e = assertThrows(PermissionDeniedException.class, () -> acl.check(action, signers));

        assertTrue(e.getMessage().contains("weigh 1"), e.getMessage());
    }

    @Test
    void anEmptyAclRefusesEverybody() {
        assertThrows(
                PermissionDeniedException.class,
                () -> Acl.EMPTY.check(List.of("file"), Set.of(Fingerprint.parse("A".repeat(40)))));
    }
}
