package ninja.mig.agent;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static ninja.mig.agent.HostileServer.operation;
import static ninja.mig.agent.HostileServer.operationTree;
import static ninja.mig.agent.HostileServer.text;
import static ninja.mig.agent.HostileServer.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import ninja.mig.agent.HostileServer.Shot;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.model.Times;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.openpgp.PGPSignature;

/** Every attack that the agent is tried with, one row each: what is done, and what the agent says to it. */
final class HostileCases {
    private static final String UNSIGNED = "PGPSignatures is empty";
    private static final String MISFIT = "does not fit what it should cover";
    private static final String NOT_JSON = "dropped a message: not JSON";
    private static final String TWICE = "is given twice";
    private static final String SPELLINGS = "is there in two spellings";
    private static final String NOT_A_MODULE = "is not a module name";
    private static final String DENIED = "permission denied";
    private static final String SIGNED_TWICE = "is used to sign several times";
    private static final String ONCE = "already executed";
    private static final int BINARY = PGPSignature.BINARY_DOCUMENT;

    private final List<HostileCase> cases = new ArrayList<>();
    private String group = "";

    private HostileCases() {}

    static List<HostileCase> all() {
        HostileCases all = new HostileCases();
        all.alteredActions();
        all.alteredOperations();
        all.boundaries();
        all.listsOfSignatures();
        all.signatures();
        all.keys();
        all.weights();
        all.modules();
        all.json();
        all.bombs();
        all.ids();
        all.types();
        all.texts();
        all.dates();
        all.replays();
        all.vectors();
        return all.cases;
    }

    /** The agent answers with these words, and logs them. */
    private void refused(String name, String words, HostileCase.Attempt attempt) {
        cases.add(new HostileCase(group, name, words, words, attempt));
    }

    /** The agent logs these words; there is nobody to answer, or nothing to say. */
    private void silent(String name, String words, HostileCase.Attempt attempt) {
        cases.add(new HostileCase(group, name, "", words, attempt));
    }

    /** A good command, with its text changed: nobody can be answered. */
    private void broken(String name, String words, UnaryOperator<String> change) {
        silent(name, words, s -> s.sendBroken(change));
    }

    /** A good command, with something in its text replaced. */
    private void edited(String name, String words, String old, String edited) {
        refused(name, words, s -> spelled(s, old, edited));
    }

    /** A good action, with members changed. */
    private void member(String name, String words, Function<ObjectNode, JsonNode> change) {
        refused(name, words, s -> s.send(change.apply(tree(s.signedProbe()))));
    }

    /** Signed as it is sent, which no honest program would. */
    private void signed(String name, String words, UnaryOperator<Action> change) {
        refused(name, words, s -> s.send(signedLike(s, change.apply(s.draft(s.probe())))));
    }

    /** @param signed parameters, beside the probe's own, for which others are {@code sent} */
    private void otherParameters(String name, String signed, String sent) {
        refused(name, MISFIT, s -> s.send(signedAs(s, parameters(s, signed), parameters(s, sent))));
    }

    private void alteredActions() {
        group = "altered action";
        refused("no signature", UNSIGNED, s -> s.send(s.draft(s.probe())));
        member("signatures null", UNSIGNED, action -> action.putNull("pgpsignatures"));
        member("signatures stripped", UNSIGNED, action -> action.without("pgpsignatures"));
        refused("signature of another action", MISFIT, s -> {
            Action harmless = s.signed(s.draft(s.probe("one")), s.bob);
            return s.send(s.draft(s.probe()).withSignatures(harmless.pgpSignatures()));
        });
        refused("another name", MISFIT, s -> s.send(s.signedProbe().withName("hunt2")));
        refused("a blank after the name", MISFIT, s -> s.send(s.signedProbe().withName("hunt ")));
        refused("re-targeted", MISFIT, s -> s.send(s.signedProbe().withTarget("name like '%'")));
        refused("target widened", MISFIT, s -> s.send(s.signedProbe().withTarget("status='online' or true")));
        refused("valid an hour earlier", MISFIT, s -> s.send(redated(s, -3660, 3600)));
        refused("valid a second longer", MISFIT, s -> s.send(redated(s, -60, 3601)));
        refused("expired action made valid again", MISFIT, s -> {
            Action old = s.draft(s.probe()).withWindow(s.now.minusSeconds(7200), s.now.minusSeconds(3600));
            return s.send(old.withWindow(s.now.minusSeconds(60), s.now.plusSeconds(60))
                    .withSignatures(s.signed(old, s.bob).pgpSignatures()));
        });
        refused("action of tomorrow made valid today", MISFIT, s -> {
            Action later = s.draft(s.probe()).withWindow(s.now.plusSeconds(80_000), s.now.plusSeconds(90_000));
            return s.send(later.withWindow(s.now.minusSeconds(60), s.now.plusSeconds(60))
                    .withSignatures(s.signed(later, s.bob).pgpSignatures()));
        });
        refused("another time zone for the same digits", MISFIT, s -> {
            Action action = s.signedProbe();
            String from = Times.format(action.validFrom());
            return s.sendEdited(action, from, from.replace("Z", "+05:00"));
        });
    }

    private static Action redated(HostileServer s, long from, long until) throws Exception {
        return s.draft(s.probe())
                .withWindow(s.now.plusSeconds(from), s.now.plusSeconds(until))
                .withSignatures(s.signedProbe().pgpSignatures());
    }

    private void alteredOperations() {
        group = "altered operations";
        refused(
                "operation appended",
                MISFIT,
                s -> s.send(withOperations(s, s.probe("one"), s.probe("one"), s.probe())));
        refused(
                "operation put in front",
                MISFIT,
                s -> s.send(withOperations(s, s.probe("one"), s.probe(), s.probe("one"))));
        refused("operation doubled", MISFIT, s -> s.send(withOperations(s, s.probe(), s.probe(), s.probe())));
        refused("operation replaced", MISFIT, s -> s.send(withOperations(s, s.probe("one"), s.probe())));
        refused("one of two operations removed", MISFIT, s -> {
            Action two = s.signed(s.draft(s.probe("one"), s.probe()), s.bob);
            return s.send(s.draft(s.probe()).withSignatures(two.pgpSignatures()));
        });
        refused("operations re-ordered", MISFIT, s -> {
            Action two = s.signed(s.draft(s.probe("one"), s.probe()), s.bob);
            return s.send(s.draft(s.probe(), s.probe("one")).withSignatures(two.pgpSignatures()));
        });
        refused("another module", MISFIT, s -> s.send(signedAs(s, operation("ping", "{\"do\":\"one\"}"), s.probe())));
        refused("parameter changed", MISFIT, s -> s.send(signedAs(s, s.probe("one"), s.probe())));
        refused(
                "parameter added",
                MISFIT,
                s -> s.send(edited(s, operation -> ((ObjectNode) operation.get("parameters")).put("more", true))));
        refused("parameter removed", MISFIT, s -> {
            ObjectNode action = tree(s.signed(s.draft(parameters(s, "\"more\":1")), s.bob));
            ((ObjectNode) operationTree(action, 0).get("parameters")).remove("more");
            return s.send(action);
        });
        refused(
                "null for a parameter that is not there",
                MISFIT,
                s -> s.send(edited(s, operation -> ((ObjectNode) operation.get("parameters")).putNull("more"))));
        refused("parameters null", MISFIT, s -> {
            ObjectNode action = tree(s.signedProbe());
            operationTree(action, 0).putNull("parameters");
            return s.send(action);
        });
        refused(
                "case of a parameter's name",
                MISFIT,
                s -> s.sendEdited(s.signed(s.draft(parameters(s, "\"More\":1")), s.bob), "\"More\"", "\"more\""));
        otherParameters("number for a string", "\"n\":\"1\"", "\"n\":1");
        otherParameters("string for a boolean", "\"b\":false", "\"b\":\"false\"");
        refused(
                "last bit of a number",
                MISFIT,
                s -> s.sendEdited(s.signed(s.draft(parameters(s, "\"n\":1.5")), s.bob), "1.5", "1.5000000000000002"));
        otherParameters("sign of zero", "\"n\":0", "\"n\":-0.0");
        otherParameters("list re-ordered", "\"l\":[1,2]", "\"l\":[2,1]");
        otherParameters("list for its only entry", "\"l\":[1]", "\"l\":1");
        otherParameters("letters that look the same", "\"p\":\"/etc/passwd\"", "\"p\":\"/etc/p\\u0430sswd\"");
        otherParameters("another normal form of Unicode", "\"p\":\"\\u00e9\"", "\"p\":\"e\\u0301\"");
        otherParameters("an invisible character", "\"p\":\"x\"", "\"p\":\"x\\u200b\"");
        refused("is_compressed added", "Compressed parameters are not supported", s -> {
            ObjectNode action = tree(s.signedProbe());
            operationTree(action, 0).put("is_compressed", true);
            return s.send(action);
        });
        refused("is_compressed stripped", MISFIT, s -> {
            Operation compressed = new Operation("probe", s.probe().parameters(), true, false);
            return s.send(signedAs(s, compressed, s.probe()));
        });
        refused("is_compressed in capitals", "Compressed parameters are not supported", s -> {
            ObjectNode action = tree(s.signedProbe());
            operationTree(action, 0).put("IS_COMPRESSED", true);
            return s.send(action);
        });
        refused(
                "want_compressed added",
                MISFIT,
                s -> s.send(
                        signedAs(s, s.probe(), new Operation("probe", s.probe().parameters(), false, true))));
        refused(
                "want_compressed stripped",
                MISFIT,
                s -> s.send(signedAs(s, new Operation("probe", s.probe().parameters(), false, true), s.probe())));
        refused("no operations", "Operations is nil", s -> s.send(signedLike(s, s.draft())));
        member("operations null", "Operations is nil", action -> action.putNull("operations"));
        member("operations missing", "Operations is nil", action -> action.without("operations"));
        refused(
                "129 operations",
                "more than 128 entries",
                s -> s.send(signedLike(
                        s, s.draft(Collections.nCopies(129, s.probe()).toArray(Operation[]::new)))));
    }

    /** An action of the first operation, signed, with the others in its place. */
    private static Action withOperations(HostileServer s, Operation signed, Operation... sent) throws Exception {
        return s.draft(sent).withSignatures(s.signed(s.draft(signed), s.bob).pgpSignatures());
    }

    private static Action signedAs(HostileServer s, Operation signed, Operation sent) throws Exception {
        return withOperations(s, signed, sent);
    }

    /** Good signatures over what no honest program would sign. */
    private static Action signedLike(HostileServer s, Action action) throws Exception {
        return s.signed(action, s.bob);
    }

    /** The probe's, with more of them. */
    private static Operation parameters(HostileServer s, String more) {
        String own = MigJson.text(s.probe().parameters());
        return operation("probe", own.substring(0, own.length() - 1) + "," + more + "}");
    }

    private void boundaries() {
        group = "boundaries of the signed text";
        signed("target moved into the name", "Name must not contain ';target='", draft -> draft.withName("a;target=b")
                .withTarget("c"));
        signed("name moved into the target", "Target must not contain ';target='", draft -> draft.withName("a")
                .withTarget("b;target=c"));
        signed("dates in the name", "Name must not contain ';validfrom='", draft -> draft.withName("a;validfrom=0"));
        signed(
                "dates in the target",
                "Target must not contain ';expireafter='",
                draft -> draft.withTarget("a;expireafter=%!s(int64=9)"));
        signed(
                "operations in the target",
                "Target must not contain ';operations='",
                draft -> draft.withTarget("a;operations=[]"));
        refused(
                "expiry signed as a plain number",
                MISFIT,
                s -> s.send(signedOver(
                        s, new String(text(s.draft(s.probe())), UTF_8).replaceAll("%!s\\(int64=([0-9]+)\\)", "$1"))));
        refused(
                "a line end after the signed text",
                MISFIT,
                s -> s.send(signedOver(s, new String(text(s.draft(s.probe())), UTF_8) + "\n")));
        refused("the JSON signed instead", MISFIT, s -> s.send(signedOver(s, MigJson.text(s.draft(s.probe())))));
        refused("the empty text signed", MISFIT, s -> s.send(signedOver(s, "")));
        refused(
                "signed without its operations",
                MISFIT,
                s -> s.send(signedOver(s, new String(text(s.draft()), UTF_8))));
    }

    private static Action signedOver(HostileServer s, String text) throws Exception {
        return s.draft(s.probe()).withSignatures(List.of(s.bob.sign(text.getBytes(UTF_8), s.now)));
    }

    private void listsOfSignatures() {
        group = "list of signatures";
        refused("17 signatures", "more than 16 entries", s -> s.send(signatures(s, Collections.nCopies(17, good(s)))));
        refused("one signature doubled", SIGNED_TWICE, s -> s.send(signatures(s, List.of(good(s), good(s)))));
        refused(
                "one signature in two spellings",
                SIGNED_TWICE,
                s -> s.send(signatures(s, List.of(good(s), good(s).replaceAll("(.{20})", "$1\r\n ")))));
        refused(
                "two signatures by one key",
                SIGNED_TWICE,
                s -> s.send(
                        signatures(s, List.of(good(s), s.bob.sign(text(s.draft(s.probe())), s.now.minusSeconds(9))))));
        refused("Sam signs twice to weigh 2", SIGNED_TWICE, s -> s.send(s.signed(s.draft(s.probe()), s.sam, s.sam)));
        refused(
                "a good and an unknown one",
                "unknown key",
                s -> s.send(s.signed(s.draft(s.probe()), s.bob, s.mallory)));
        refused(
                "a good and a misfit",
                MISFIT,
                s -> s.send(signatures(s, List.of(good(s), s.sam.sign("x".getBytes(UTF_8), s.now)))));
        refused("a good one and garbage", "not base64", s -> s.send(signatures(s, List.of(good(s), "!"))));
        refused("a good and an empty one", "cannot be read", s -> s.send(signatures(s, List.of(good(s), ""))));
        refused("a good one and null", "cannot be read", s -> {
            ObjectNode action = tree(s.signedProbe());
            ((ArrayNode) action.get("pgpsignatures")).addNull();
            return s.send(action);
        });
        refused("a number among them", "pgpsignatures", s -> {
            ObjectNode action = tree(s.signedProbe());
            ((ArrayNode) action.get("pgpsignatures")).add(5);
            return s.send(action);
        });
        refused("a list among them", "pgpsignatures", s -> {
            ObjectNode action = tree(s.signedProbe());
            ((ArrayNode) action.get("pgpsignatures")).addArray();
            return s.send(action);
        });
        refused(
                "text instead of a list",
                "pgpsignatures",
                s -> s.send(tree(s.signedProbe()).put("pgpsignatures", good(s))));
    }

    private static String good(HostileServer s) throws Exception {
        return s.bob.sign(text(s.draft(s.probe())), s.now);
    }

    private static Action signatures(HostileServer s, List<String> signatures) {
        return s.draft(s.probe()).withSignatures(signatures);
    }

    private void signatures() {
        group = "signature";
        weakHash("MD5", HashAlgorithmTags.MD5);
        weakHash("SHA-1", HashAlgorithmTags.SHA1);
        weakHash("RIPEMD-160", HashAlgorithmTags.RIPEMD160);
        weakHash("SHA-224", HashAlgorithmTags.SHA224);
        made(
                "over text, not bytes",
                "of type 1",
                s -> s.bob.sign(
                        text(s.draft(s.probe())),
                        s.now,
                        HashAlgorithmTags.SHA256,
                        PGPSignature.CANONICAL_TEXT_DOCUMENT,
                        says -> {}));
        made(
                "a certification",
                "of type 19",
                s -> s.bob.sign(
                        text(s.draft(s.probe())),
                        s.now,
                        HashAlgorithmTags.SHA256,
                        PGPSignature.POSITIVE_CERTIFICATION,
                        says -> {}));
        made(
                "made an hour from now",
                "from the future",
                s -> s.bob.sign(text(s.draft(s.probe())), s.now.plusSeconds(4260)));
        made(
                "older than its key",
                "is older than key",
                s -> s.bob.sign(text(s.draft(s.probe())), s.now.minusSeconds(86_401)));
        made(
                "expired",
                "the signature has expired",
                s -> s.bob.sign(
                        text(s.draft(s.probe())),
                        s.now.minusSeconds(60),
                        HashAlgorithmTags.SHA256,
                        BINARY,
                        says -> says.setSignatureExpirationTime(true, 59)));
        made(
                "a critical part that nobody knows",
                "critical subpacket 99",
                s -> s.bob.sign(
                        text(s.draft(s.probe())),
                        s.now,
                        HashAlgorithmTags.SHA256,
                        BINARY,
                        says -> says.addCustomSubpacket(new SignatureSubpacket(99, true, false, new byte[] {1}) {})));
        made("by Mallory in Bob's name", MISFIT, s -> s.mallory.signAs(s.bob, text(s.draft(s.probe())), s.now));
        made("by Sam in Bob's name", MISFIT, s -> s.sam.signAs(s.bob, text(s.draft(s.probe())), s.now));
        made("two packets", "one signature packet", s -> ThiefKey.stored(joined(packet(s), packet(s))));
        made(
                "a packet in front",
                "does not begin with a signature packet",
                s -> ThiefKey.stored(joined(new byte[] {(byte) 0xca, 3, 'P', 'G', 'P'}, packet(s))));
        made(
                "a packet behind",
                "one signature packet",
                s -> ThiefKey.stored(joined(packet(s), new byte[] {(byte) 0xd5, 2, 1, 1})));
        made("cut short", "one signature packet", s -> ThiefKey.stored(Arrays.copyOf(packet(s), packet(s).length - 9)));
        made("one bit flipped", MISFIT, s -> {
            byte[] packet = packet(s);
            packet[packet.length - 5] ^= 1;
            return ThiefKey.stored(packet);
        });
        made("version 3", "has version 3, expected 4", s -> {
            byte[] packet = packet(s);
            packet[2] = 3;
            return ThiefKey.stored(packet);
        });
        made("a wrong checksum", "the checksum does not fit", s -> ThiefKey.stored(packet(s)) + "=AAAA");
        made("stray bits in base64", "not base64", s -> good(s).replaceFirst("[A-Za-z0-9+/]=*$", "/="));
        made("of 20,000 characters", "more than 16384 characters", s -> "A".repeat(20_000));
        made(
                "a public key",
                "does not begin with a signature packet",
                s -> ThiefKey.resource("signatures/public-key-as-signature.sig"));
        made(
                "a signed message",
                "does not begin with a signature packet",
                s -> ThiefKey.resource("signatures/alice-inline-message.sig"));
        made(
                "armor around nothing",
                "exactly one signature",
                s -> "-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----\n");
        made("armor that does not end", "does not end", s -> "-----BEGIN PGP SIGNATURE-----\n\n" + good(s));
    }

    private interface Signing {
        String by(HostileServer s) throws Exception;
    }

    private void made(String name, String words, Signing signing) {
        refused(name, words, s -> s.send(signatures(s, List.of(signing.by(s)))));
    }

    private void weakHash(String name, int hash) {
        made(
                name,
                "hash algorithm " + hash,
                s -> s.bob.sign(text(s.draft(s.probe())), s.now, hash, BINARY, says -> {}));
    }

    private static byte[] packet(HostileServer s) throws Exception {
        return s.bob.packet(text(s.draft(s.probe())), s.now);
    }

    private static byte[] joined(byte[] a, byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(a);
        out.writeBytes(b);
        return out.toByteArray();
    }

    private void keys() {
        group = "key";
        refused("unknown", "unknown key", s -> s.send(s.signed(s.draft(s.probe()), s.mallory)));
        refused("known, but not in the ACL", DENIED, s -> s.send(s.signed(s.draft(s.probe()), s.guest)));
        key("expired", "the key has expired", "frank", 0);
        key("revoked", "the key is revoked", "grace", 0);
        key("a revoked subkey", "the subkey is revoked", "heidi", 1);
        key("an expired subkey", "the key has expired", "karl", 1);
        key("RSA of 1024 bits", "RSA of 1024 bits", "ivan", 0);
        key("DSA", "algorithm 17 are not accepted", "oscar", 0);
        key("not for signing any more", "must not be used for signing", "lena", 0);
        key("for certifying only", "must not be used for signing", "erin", 0);
    }

    private void key(String name, String words, String vector, int which) {
        refused(name, words, s -> s.send(s.signed(s.draft(s.probe()), ThiefKey.vector(vector, which))));
    }

    private void weights() {
        group = "weight";
        refused("1 of 2", "weigh 1, permission 'default' needs 2", s -> s.send(s.signed(s.draft(s.probe()), s.sam)));
        refused(
                "1 of 2, and one without weight",
                "weigh 1, permission 'default' needs 2",
                s -> s.send(s.signed(s.draft(s.probe()), s.sam, s.guest)));
        refused(
                "2 of 3",
                "weigh 2, permission 'netstat' needs 3",
                s -> s.send(s.signed(s.draft(operation("netstat", "{}")), s.bob)));
        refused(
                "the second operation needs more",
                "operation 1, module 'netstat'",
                s -> s.send(s.signed(s.draft(s.probe(), operation("netstat", "{}")), s.bob)));
        refused("the last of 128 needs more", "operation 127, module 'netstat'", s -> {
            List<Operation> operations = new ArrayList<>(Collections.nCopies(127, s.probe()));
            operations.add(operation("netstat", "{}"));
            return s.send(s.signed(s.draft(operations.toArray(Operation[]::new)), s.bob));
        });
        refused(
                "a module's permission lifts the default",
                "permission 'agentdestroy' needs 1",
                s -> s.send(s.signed(s.draft(operation("agentdestroy", "{\"pid\":1}")), s.bob)));
        refused(
                "what one may and what the other may",
                "weigh 1, permission 'default' needs 2",
                s -> s.send(s.signed(s.draft(operation("agentdestroy", "{\"pid\":1}"), s.probe()), s.sam)));
    }

    private void modules() {
        group = "module";
        for (String name : List.of(
                "default",
                "Default",
                "PROBE",
                "Probe",
                "probe ",
                " probe",
                "probe\t",
                "\u0440robe",
                "\uff50robe",
                "pro\u200bbe",
                "probe\u0301",
                "../probe",
                "probe/x",
                "probe.x",
                "probe;x",
                "-m probe",
                "p".repeat(65))) {
            refused(
                    "'" + printable(name) + "'",
                    NOT_A_MODULE,
                    s -> s.send(
                            signedLike(s, s.draft(new Operation(name, s.probe().parameters())))));
        }
        refused(
                "NUL at its end",
                NOT_A_MODULE,
                s -> s.send(
                        signedLike(s, s.draft(new Operation("probe\0", s.probe().parameters())))));
        refused(
                "a second line at its end",
                NOT_A_MODULE,
                s -> s.send(
                        signedLike(s, s.draft(new Operation("probe\n", s.probe().parameters())))));
        refused(
                "a log line in it",
                "probe?- - - [info] all is well",
                s -> s.send(signedLike(
                        s,
                        s.draft(new Operation(
                                "probe\n- - - [info] all is well", s.probe().parameters())))));
        refused(
                "empty",
                "has no module",
                s -> s.send(signedLike(s, s.draft(new Operation("", s.probe().parameters())))));
        refused("null", "has no module", s -> s.send(edited(s, operation -> operation.putNull("module"))));
        refused("missing", "has no module", s -> s.send(edited(s, operation -> operation.remove("module"))));
        refused("a number", "operations[0].module", s -> s.send(edited(s, operation -> operation.put("module", 5))));
        refused(
                "a list",
                "operations[0].module",
                s -> s.send(edited(s, operation -> operation.putArray("module").add("probe"))));
        refused(
                "not there",
                "module 'ghost' is not available",
                s -> s.send(s.signed(s.draft(operation("ghost", "{}")), s.bob)));
        refused(
                "of another agent",
                "module 'memory' is not available",
                s -> s.send(s.signed(s.draft(operation("memory", "{}")), s.bob)));
        refused("operation null", "has no module", s -> s.send(operations(s, "[null]")));
        refused("operation a string", "operations[0]", s -> s.send(operations(s, "[\"probe\"]")));
        refused("operation a list", "operations[0]", s -> s.send(operations(s, "[[\"probe\",{}]]")));
        refused("an object instead of the list", "operations", s -> s.send(operations(s, "{\"module\":\"probe\"}")));
    }

    private static String printable(String name) {
        return name.chars()
                .mapToObj(c -> c >= 0x20 && c < 0x7f ? Character.toString(c) : "\\u%04x".formatted(c))
                .collect(Collectors.joining());
    }

    private interface Edit {
        void of(ObjectNode operation);
    }

    private static ObjectNode edited(HostileServer s, Edit edit) throws Exception {
        ObjectNode action = tree(s.signedProbe());
        edit.of(operationTree(action, 0));
        return action;
    }

    private static ObjectNode operations(HostileServer s, String operations) throws Exception {
        ObjectNode action = tree(s.signedProbe());
        action.set("operations", MigJson.tree(operations));
        return action;
    }

    private void json() {
        group = "JSON";
        silent("nothing", NOT_JSON, s -> s.sendBytes(new byte[0]));
        silent("a line end", NOT_JSON, s -> s.sendBytes(new byte[] {'\n'}));
        silent("zeros", NOT_JSON, s -> s.sendBytes(new byte[100]));
        broken("a list", "no JSON object", json -> "[" + json + "]");
        silent("a string", "no JSON object", s -> s.sendBytes("\"run\"".getBytes(UTF_8)));
        silent("null", "no JSON object", s -> s.sendBytes("null".getBytes(UTF_8)));
        silent("a number", "no JSON object", s -> s.sendBytes("5".getBytes(UTF_8)));
        broken("text after the end", NOT_JSON, json -> json + "x");
        broken("two documents", NOT_JSON, json -> json + json);
        broken("cut short", NOT_JSON, json -> json.substring(0, json.length() - 1));
        broken("a comma at the end", NOT_JSON, json -> json.substring(0, json.length() - 1) + ",}");
        broken("a comment", NOT_JSON, json -> json + "/* x */");
        broken("quotes of another kind", NOT_JSON, json -> json.replace('"', '\''));
        broken("names without quotes", NOT_JSON, json -> json.replace("\"id\"", "id"));
        broken("NaN", NOT_JSON, json -> json.replaceFirst("\"id\":7", "\"id\":NaN"));
        broken("a number with leading zeros", NOT_JSON, json -> json.replaceFirst("\"id\":7", "\"id\":007"));
        broken("a line end in a string", NOT_JSON, json -> json.replace("hunt", "hu\nnt"));
        broken("a byte order mark", NOT_JSON, json -> "\ufeff" + json);
        silent(
                "UTF-16",
                NOT_JSON,
                s -> s.sendBytes(new String(s.send(s.signedProbe()).message(), UTF_8).getBytes(UTF_16LE)));
        broken("id twice", TWICE, json -> "{\"id\":9," + json.substring(1));
        broken("action twice", TWICE, json -> "{\"action\":{}," + json.substring(1));
        broken("operations twice", TWICE, json -> json.replace("\"operations\":", "\"operations\":[],\"operations\":"));
        broken("module twice", TWICE, json -> json.replace("\"module\":", "\"module\":\"ping\",\"module\":"));
        broken("a parameter twice", TWICE, json -> json.replace("\"do\":", "\"do\":\"one\",\"do\":"));
        broken(
                "a parameter twice, once escaped",
                TWICE,
                json -> json.replace("\"do\":", "\"\\u0064o\":\"one\",\"do\":"));
        edited("two spellings of id", SPELLINGS, "\"status\":", "\"ID\":9,\"status\":");
        edited("two spellings of action", SPELLINGS, "\"status\":", "\"ACTION\":{},\"status\":");
        edited("two spellings of operations", SPELLINGS, "\"operations\":", "\"Operations\":[],\"operations\":");
        edited("two spellings of module", SPELLINGS, "\"module\":", "\"Module\":\"ping\",\"module\":");
        edited("two spellings of parameters", SPELLINGS, "\"parameters\":", "\"PARAMETERS\":{},\"parameters\":");
        edited(
                "two spellings of signatures",
                SPELLINGS,
                "\"pgpsignatures\":",
                "\"PGPSignatures\":[],\"pgpsignatures\":");
        refused("invalid UTF-8 in the name", MISFIT, s -> invalid(s, "hunt"));
        refused("invalid UTF-8 in a parameter", MISFIT, s -> invalid(s, "record"));
        edited("half of a surrogate pair", MISFIT, "hunt", "hunt\\ud800");
    }

    private static Shot spelled(HostileServer s, String old, String edited) throws Exception {
        Shot good = s.send(s.signedProbe());
        String json = new String(good.message(), UTF_8);
        return new Shot(
                good.id(), json.replaceFirst(old, edited.replace("\\", "\\\\")).getBytes(UTF_8), List.of());
    }

    private static Shot invalid(HostileServer s, String word) throws Exception {
        Shot good = s.send(s.signedProbe());
        byte[] message = good.message().clone();
        int at = new String(message, UTF_8).indexOf(word);
        message[at] = (byte) 0xff;
        return new Shot(good.id(), message, List.of());
    }

    private void bombs() {
        group = "bomb";
        broken(
                "513 levels in the parameters",
                NOT_JSON,
                json -> json.replace("\"do\":", "\"x\":" + "[".repeat(513) + "]".repeat(513) + ",\"do\":"));
        silent("100,000 levels", NOT_JSON, s -> s.sendBytes("[".repeat(100_000).getBytes(UTF_8)));
        silent(
                "100,000 levels of objects",
                NOT_JSON,
                s -> s.sendBytes("{\"a\":".repeat(100_000).getBytes(UTF_8)));
        broken("a string of more than 10 MiB", NOT_JSON, json -> json.replace("hunt", "x".repeat((10 << 20) + 1)));
        broken(
                "a member's name of more than 10 MiB",
                NOT_JSON,
                json -> "{\"" + "x".repeat((10 << 20) + 1) + "\":1," + json.substring(1));
        silent("a number of 401 digits", NOT_JSON, s -> s.sendWithId("1" + "0".repeat(400)));
        silent("1e400", "out of range", s -> s.sendWithId("1e400"));
        broken("more than 16 MiB", "more than 16777216", json -> json + " ".repeat(16 << 20));
        edited(
                "an action of more than 5 MiB",
                "more than 5242880 bytes",
                "\"do\":",
                "\"x\":\"" + "x".repeat(5 << 20) + "\",\"do\":");
        broken(
                "two million values",
                "values",
                json -> json.replace("\"do\":", "\"x\":[1" + ",1".repeat(2_000_000) + "],\"do\":"));
        broken(
                "two million empty objects",
                "values",
                json -> json.replace("\"do\":", "\"x\":[{}" + ",{}".repeat(2_000_000) + "],\"do\":"));
        broken(
                "two million names",
                "values",
                json -> json.replace(
                        "\"do\":",
                        IntStream.range(0, 1_000_000)
                                        .mapToObj(i -> "\"" + i + "\":1,")
                                        .collect(Collectors.joining()) + "\"do\":"));
        edited(
                "numbers that are hard to print",
                MISFIT,
                "\"do\":",
                "\"x\":[1" + ",5.0000000000000001e-309,1.7976931348623157e308".repeat(20_000) + "],\"do\":");
        edited(
                "names that are long to sort",
                MISFIT,
                "\"do\":",
                IntStream.range(0, 400)
                                .mapToObj(i -> "\"" + "x".repeat(10_000) + i + "\":1,")
                                .collect(Collectors.joining())
                        + "\"do\":");
        refused("a module's name of 4 MiB in one of 128 operations", NOT_A_MODULE, s -> {
            ObjectNode action = tree(s.signedProbe());
            ArrayNode operations = action.putArray("operations");
            operations.addObject().put("module", "x".repeat(4 << 20));
            for (int i = 1; i < 128; i++) {
                operations.addObject().put("module", "probe");
            }
            return s.send(action);
        });
        refused("an unknown member of 4 MiB in two spellings", SPELLINGS, s -> {
            ObjectNode action = tree(s.signedProbe());
            action.put("x".repeat(2 << 20), 1).put("X".repeat(2 << 20), 1);
            return s.send(action);
        });
        edited(
                "75,000 signatures",
                "more than 16 entries",
                "\"pgpsignatures\":\\[",
                "\"pgpsignatures\":[" + "\"\",".repeat(75_000));
        refused(
                "parameters that inflate to 64 MiB",
                "Compressed parameters are not supported",
                s -> s.send(signedLike(
                        s, s.draft(new Operation("probe", MigJson.toTree(inflating(64 << 20)), true, false)))));
    }

    private static String inflating(int bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] zeros = new byte[1 << 20];
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            for (int written = 0; written < bytes; written += zeros.length) {
                gzip.write(zeros);
            }
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private void ids() {
        group = "command's id";
        for (String id : List.of(
                "null",
                "true",
                "{}",
                "[5]",
                "\"5\"",
                "-5",
                "1.5",
                "1e300",
                "9007199254740992",
                "9223372036854775808")) {
            silent(id, "refused the command", s -> s.sendWithId(id));
        }
        silent("0", "needs an id", s -> s.sendWithId("0"));
        silent(
                "none",
                "needs an id",
                s -> s.sendBytes(("{\"action\":" + MigJson.text(s.signedProbe()) + "}").getBytes(UTF_8)));
    }

    private void types() {
        group = "type";
        refused("no action", "Name is empty", s -> s.sendAction("null"));
        refused("action a string", "action", s -> s.sendAction("\"run\""));
        refused("action a list", "action", s -> s.sendAction("[]"));
        refused("action empty", "Name is empty", s -> s.sendAction("{}"));
        refused("name a number", "action.name", s -> s.sendEdited(s.signedProbe(), "\"hunt\"", "5"));
        refused(
                "target a list",
                "action.target",
                s -> s.sendEdited(s.signedProbe(), "\"status='online'\"", "[\"true\"]"));
        member("validfrom a number", "action.validfrom", action -> action.put("validfrom", 5));
        member("validfrom 'yesterday'", "'yesterday' is not a time", action -> action.put("validfrom", "yesterday"));
        member("a 13th month", "not a time", action -> action.put("expireafter", "2099-13-01T00:00:00Z"));
        member("a year of five digits", "not a time", action -> action.put("expireafter", "99999-01-01T00:00:00Z"));
        member("no validfrom", "ValidFrom is missing", action -> action.without("validfrom"));
        member("no expireafter", "ExpireAfter is missing", action -> action.without("expireafter"));
        member("expireafter null", "ExpireAfter is missing", action -> action.putNull("expireafter"));
        member("no syntaxversion", "Wrong Syntax Version", action -> action.without("syntaxversion"));
        member("syntaxversion 1", "Wrong Syntax Version", action -> action.put("syntaxversion", 1));
        member("syntaxversion 65538", "Wrong Syntax Version", action -> action.put("syntaxversion", 65538));
        member("syntaxversion a string", "action.syntaxversion", action -> action.put("syntaxversion", "2"));
        refused(
                "is_compressed a string",
                "is_compressed",
                s -> s.send(edited(s, operation -> operation.put("is_compressed", "false"))));
        refused(
                "is_compressed a number",
                "is_compressed",
                s -> s.send(edited(s, operation -> operation.put("is_compressed", 1))));
        member("investigators that are none", "action.investigators", action -> action.put("investigators", "Bob"));
        edited("a status that there is not", "status", "\"sent\"", "\"good\"");
        edited("agent a string", "agent", "\"agent\":\\{", "\"agent\":\"x\",\"x\":{");
    }

    private void texts() {
        group = "text";
        signed("no name", "Name is empty", draft -> draft.withName(""));
        signed("no target", "Target is empty", draft -> draft.withTarget(""));
        signed("a name of 2049 characters", "Name is longer than 2048", draft -> draft.withName("x".repeat(2049)));
        signed(
                "a target of 2049 characters",
                "Target is longer than 2048",
                draft -> draft.withTarget("x".repeat(2049)));
        for (String character : List.of("\0", "\r", "\u001b", "\b", "\u007f")) {
            String hex = "U+%04X".formatted((int) character.charAt(0));
            signed(
                    hex + " in the name",
                    "Name must not contain control characters",
                    draft -> draft.withName("hunt" + character + "[31m"));
        }
        signed(
                "NUL in the target",
                "Target must not contain control characters",
                draft -> draft.withTarget("status='online'\0"));
    }

    private void dates() {
        group = "date";
        refused("expired a second ago", "has expired", s -> s.send(window(s, -60, -1)));
        refused("expired last year", "has expired", s -> s.send(window(s, -40_000_000, -31_536_000)));
        refused("not valid before an hour", "not valid yet", s -> s.send(window(s, 7200, 9000)));
        refused("ends before it begins", "is set before", s -> s.send(window(s, 60, -60)));
        refused(
                "signed for the year 0001",
                "ValidFrom is missing",
                s -> s.send(signedLike(s, s.draft(s.probe()).withWindow(Times.UNSET, s.now.plusSeconds(60)))));
        refused(
                "an upgrade that stays valid for 31 days",
                "more than 30 days",
                s -> s.send(signedLike(
                        s,
                        s.draft(operation("upgrade", "{}"))
                                .withWindow(s.now.minusSeconds(60), s.now.plus(Duration.ofDays(31))))));
        refused(
                "an upgrade that stays valid for ever",
                "more than 30 days",
                s -> s.send(signedLike(
                        s,
                        s.draft(operation("upgrade", "{}"))
                                .withWindow(s.now.minusSeconds(60), Instant.parse("9999-12-31T23:59:59Z")))));
        refused(
                "an end of the agent that has been valid for 31 days",
                "more than 30 days",
                s -> s.send(s.signed(
                        s.draft(operation("agentdestroy", "{}"))
                                .withWindow(s.now.minus(Duration.ofDays(30)), s.now.plusSeconds(3600)),
                        s.sam)));
    }

    private static Action window(HostileServer s, long from, long until) throws Exception {
        return signedLike(s, s.draft(s.probe()).withWindow(s.now.plusSeconds(from), s.now.plusSeconds(until)));
    }

    private void replays() {
        group = "replay";
        silent("the same command again", "is not run again", s -> {
            long id = s.nextId();
            byte[] command = s.command(id, s.signed(s.draft(s.probe("one")), s.bob));
            return new Shot(id, command, List.of(command));
        });
        silent("another action under the id of a command that ran", "is not run again", s -> {
            long id = s.nextId();
            byte[] honest = s.command(id, s.signed(s.draft(s.probe("one")), s.bob));
            return new Shot(id, s.command(id, s.signedProbe()), List.of(honest));
        });
        silent("the id written in another way", "is not run again", s -> {
            long id = s.nextId();
            String honest = new String(s.command(id, s.signed(s.draft(s.probe("one")), s.bob)), UTF_8);
            String other = honest.replace(
                    "\"id\":" + id + ",", "\"id\":" + id / 1000 + "." + "%03d".formatted(id % 1000) + "0e+3,");
            return new Shot(id, other.getBytes(UTF_8), List.of(honest.getBytes(UTF_8)));
        });
        refused("an upgrade under another id", ONCE, s -> {
            Action upgrade = upgrade(s, 1);
            return s.send(upgrade, List.of(s.command(s.nextId(), upgrade)));
        });
        refused("an upgrade with another fraction of a second", ONCE, s -> {
            Action upgrade = upgrade(s, 2);
            return s.send(
                    upgrade.withWindow(upgrade.validFrom().plusMillis(1), upgrade.expireAfter())
                            .withSignatures(upgrade.pgpSignatures()),
                    List.of(s.command(s.nextId(), upgrade)));
        });
        refused("an upgrade with other members that are not signed", ONCE, s -> {
            Action upgrade = upgrade(s, 3);
            byte[] before = s.command(s.nextId(), upgrade);
            ObjectNode changed = tree(upgrade).put("id", 8).put("unknown", 1);
            changed.putObject("threat").put("ref", "x");
            Shot shot = s.send(changed);
            return new Shot(shot.id(), shot.message(), List.of(before));
        });
        refused("an upgrade with one more signature", ONCE, s -> {
            Action upgrade = upgrade(s, 4);
            return s.send(s.signed(upgrade, s.bob, s.sam), List.of(s.command(s.nextId(), upgrade)));
        });
        refused("an upgrade whose signature is remade", ONCE, s -> {
            Action upgrade = upgrade(s, 5);
            return s.send(
                    upgrade.withSignatures(List.of(s.bob.sign(text(upgrade), s.now.minusSeconds(5)))),
                    List.of(s.command(s.nextId(), upgrade)));
        });
        edited(
                "a command for another agent",
                "for another agent",
                "\"queueloc\":\"\"",
                "\"queueloc\":\"linux.other.example.net.abcdefghijklm\"");
        edited(
                "a command for an agent of another system",
                "for another agent",
                "\"queueloc\":\"\"",
                "\"queueloc\":\"windows.host.example.net.abcdefghijklm\"");
    }

    /** The module is not there, which is an answer all the same. */
    private static Action upgrade(HostileServer s, int number) throws Exception {
        return s.signed(s.draft(operation("upgrade", "{\"n\":" + number + "}")), s.bob);
    }

    private void vectors() {
        group = "vector";
        vector("tampered-target", MISFIT);
        vector("tampered-parameters", MISFIT);
        vector("tampered-expiry", MISFIT);
        vector("plain-expireafter-form", MISFIT);
        vector("same-signer-twice", SIGNED_TWICE);
        vector("one-good-one-unknown", "unknown key");
        vector("no-signature", UNSIGNED);
        vector("multi-operation", "permission 'agentdestroy' needs 1");
    }

    private void vector(String name, String words) {
        refused(name, words, s -> s.sendAction(ThiefKey.resource("actions/" + name + ".json")));
    }
}
