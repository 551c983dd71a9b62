package ninja.mig.modules.sshkey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Module;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.VectorCase;
import ninja.mig.modules.file.FileModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SshKeyModuleTest {
    private final SshKeyModule module = new SshKeyModule();

    @TempDir
    Path folder;

    static Stream<VectorCase> valid() {
        return VectorCase.of("sshkey/valid");
    }

    private static byte[] sample(String name) throws IOException {
        try (InputStream in = SshKeyModuleTest.class.getResourceAsStream("/sshkey/" + name)) {
            return in.readAllBytes();
        }
    }

    private static String text(String name) throws IOException {
        return new String(sample(name), StandardCharsets.US_ASCII);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    /** What ssh-keygen says of a sample. */
    private static String[] fingerprints(String key) throws IOException {
        return text("fingerprints.txt")
                .lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields[0].equals(key))
                .findFirst()
                .orElseThrow();
    }

    private ModuleResult run() throws Exception {
        return module.run(
                module.bind(MigJson.tree("{\"paths\":[" + MigJson.text(folder.toString()) + "]}")),
                RunContext.unlimited());
    }

    private List<JsonNode> keys(ModuleResult result) {
        List<JsonNode> keys = new ArrayList<>();
        result.elements().get("keys").forEach(keys::add);
        return keys;
    }

    /** Levels below a home at which the tree of the vectors has a key, that of the home counting as one. */
    private static final List<Integer> LEVELS = List.of(1, 3, 4, 8, 9);

    private static final Map<String, List<String>> OF_THE_VECTORS = Map.of(
            "001-defaults.json",
                    List.of("home 1", "home 3", "home 4", "home 8", "root 1", "root 3", "root 4", "root 8"),
            "002-paths.json", List.of("home 1", "home 3"),
            "003-depth-zero.json",
                    List.of("home 1", "home 3", "home 4", "home 8", "root 1", "root 3", "root 4", "root 8"),
            "004-depth-max.json",
                    List.of(
                            "home 1", "home 3", "home 4", "home 8", "home 9", "root 1", "root 3", "root 4", "root 8",
                            "root 9"));

    @ParameterizedTest
    @MethodSource("valid")
    void findsWhatTheVectorsSay(VectorCase vector) throws Exception {
        for (String home : List.of("home", "root")) {
            for (int level : LEVELS) {
                Path deep = Files.createDirectories(folder.resolve(home + "/x".repeat(level - 1)));
                Files.writeString(deep.resolve("key"), text("ed25519-openssh"));
            }
        }
        SshKeyModule here = new SshKeyModule(List.of(
                folder.resolve("root").toString(), folder.resolve("home").toString()));

        ModuleResult result = here.run(here.bind(MigJson.tree(vector.parameters(folder))), RunContext.unlimited());

        List<String> found = keys(result).stream()
                .map(key -> folder.relativize(Path.of(key.get("path").asText())))
                .map(path -> path.getName(0) + " " + (path.getNameCount() - 1))
                .toList();
        assertEquals(OF_THE_VECTORS.get(vector.file()), found);
        assertTrue(keys(result).stream()
                .allMatch(key -> key.get("fingerprint_sha256").asText().startsWith("SHA256:")));
        assertEquals(List.of(), result.errors());
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-openssh, rsa",
        "rsa-pem, rsa",
        "rsa-pkcs8, rsa",
        "dsa-openssh, dsa",
        "dsa-pem, dsa",
        "dsa-pkcs8, dsa",
        "ecdsa256-openssh, ecdsa256",
        "ecdsa256-pem, ecdsa256",
        "ecdsa256-pkcs8, ecdsa256",
        "ecdsa384-openssh, ecdsa384",
        "ecdsa384-pem, ecdsa384",
        "ecdsa384-no-public, ecdsa384",
        "ecdsa521-openssh, ecdsa521",
        "ecdsa521-pem, ecdsa521",
        "ed25519-openssh, ed25519",
        "ed25519-pkcs8, ed25519-pkcs8"
    })
    void saysTheFingerprintsOfPrivateKeys(String file, String key) throws Exception {
        write("key", text(file));

        ModuleResult result = run();

        assertEquals(List.of(), result.errors());
        assertTrue(result.foundAnything());
        JsonNode found = keys(result).get(0);
        assertEquals(1, keys(result).size());
        assertEquals("private", found.get("type").asText());
        assertFalse(found.get("encrypted").asBoolean());
        assertEquals(folder.resolve("key").toString(), found.get("path").asText());
        assertEquals(fingerprints(key)[1], found.get("fingerprint_md5").asText());
        assertEquals(fingerprints(key)[2], found.get("fingerprint_sha256").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-openssh-encrypted", "rsa-pem-encrypted", "rsa-pkcs8-encrypted"})
    void saysThatAKeyIsEncrypted(String file) throws Exception {
        write("key", text(file));

        ModuleResult result = run();

        assertEquals(
                MigJson.tree("[{\"fingerprint_md5\":\"\",\"fingerprint_sha256\":\"\",\"path\":"
                        + MigJson.text(folder.resolve("key").toString())
                        + ",\"encrypted\":true,\"type\":\"private\"}]"),
                result.elements().get("keys"));
        assertEquals(
                List.of(folder.resolve("key") + " [private] encrypted=true md5fp=unknown sha256fp=unknown"),
                module.print(result, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "dsa", "ecdsa256", "ecdsa384", "ecdsa521", "ed25519"})
    void saysTheFingerprintsOfPublicKeys(String key) throws Exception {
        write("key.pub", text(key + "-openssh.pub"));

        ModuleResult result = run();

        String[] fingerprints = fingerprints(key);
        assertEquals(
                List.of(folder.resolve("key.pub") + " [public] md5fp=" + fingerprints[1] + " sha256fp="
                        + fingerprints[2]),
                module.print(result, true));
    }

    @Test
    void readsKeysInHardware() throws Exception {
        byte[] blob = wire(
                "sk-ssh-ed25519@openssh.com".getBytes(StandardCharsets.US_ASCII),
                new byte[32],
                "ssh:".getBytes(StandardCharsets.US_ASCII));
        write("key.pub", "sk-ssh-ed25519@openssh.com " + Base64.getEncoder().encodeToString(blob) + " me\n");

        assertEquals(1, keys(run()).size());
    }

    private static byte[] wire(byte[]... fields) {
        java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(1024);
        for (byte[] field : fields) {
            out.putInt(field.length).put(field);
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void readsAuthorizedKeysLineByLine() throws Exception {
        write(
                "authorized_keys",
                "# comment\n\ncommand=\"echo \\\"a b\\\" ssh-rsa\",no-pty " + text("rsa-openssh.pub")
                        + "from=\"10.0.0.1\"  \t" + text("ed25519-openssh.pub") + "\r\n"
                        + "no key here\nssh-rsa AAAA\n  " + text("dsa-openssh.pub"));
        write("authorized_keys2", "cert-authority " + text("ecdsa256-openssh.pub"));

        ModuleResult result = run();

        assertEquals(
                List.of(
                        fingerprints("rsa")[2],
                        fingerprints("ed25519")[2],
                        fingerprints("dsa")[2],
                        fingerprints("ecdsa256")[2]),
                keys(result).stream()
                        .map(k -> k.get("fingerprint_sha256").asText())
                        .toList());
        assertTrue(keys(result).stream().allMatch(k -> k.get("type").asText().equals("authorizedkeys")));
        assertEquals(
                List.of("warning: " + folder.resolve("authorized_keys") + ": 2 of its lines are no SSH key"),
                result.errors());
    }

    @Test
    void findsKeysBehindAnyPadding() throws Exception {
        write(
                "authorized_keys",
                "# padding padding padding\n".repeat(50_000) + " ".repeat(2 << 20) + text("ed25519-openssh.pub"));

        ModuleResult result = run();

        assertEquals(List.of(), result.errors());
        assertEquals(
                List.of(fingerprints("ed25519")[2]),
                keys(result).stream()
                        .map(k -> k.get("fingerprint_sha256").asText())
                        .toList());
    }

    @Test
    void saysWhatItDidNotReadOfFilesThatLetPeopleIn() throws Exception {
        Path huge = write("authorized_keys", text("rsa-openssh.pub"));
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(AuthorizedKeys.LARGEST + 1L);
        }
        Path longLine = write("authorized_keys2", "a".repeat(1 << 20) + " " + text("dsa-openssh.pub"));

        ModuleResult result = run();

        assertEquals(1, keys(result).size());
        assertEquals(
                List.of(
                        "warning: " + huge
                                + ": it is larger than 64 MiB, the rest was not read; 1 of its lines are no SSH key",
                        "warning: " + longLine + ": 1 of its lines are no SSH key"),
                result.errors());
    }

    /** What is wrong, and with which content. */
    private static Map<String, byte[]> hostile() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        String pem = text("rsa-pem");
        files.put("truncated", pem.substring(0, pem.length() / 2).getBytes(StandardCharsets.US_ASCII));
        files.put(
                "no-base64",
                "-----BEGIN RSA PRIVATE KEY-----\n!!!\n-----END RSA PRIVATE KEY-----\n"
                        .getBytes(StandardCharsets.US_ASCII));
        files.put(
                "empty",
                "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII));
        files.put(
                "beginnings", "-----BEGIN RSA PRIVATE KEY-----\n".repeat(30_000).getBytes(StandardCharsets.US_ASCII));
        files.put("foreign-curve", sample("ec-foreign-curve"));
        files.put("foreign-algorithm", sample("x25519-pkcs8"));
        files.put("unknown-type", pem.replace("RSA", "FOO").getBytes(StandardCharsets.US_ASCII));
        files.put("nested", block("RSA PRIVATE KEY", repeat(new byte[] {0x30, (byte) 0x80}, 15_000)));
        files.put("nested-definite", block("DSA PRIVATE KEY", nested(8_000)));
        files.put("huge-length", block("EC PRIVATE KEY", new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1}));
        files.put("large", block("RSA PRIVATE KEY", new byte[700_000]));
        files.put(
                "huge-field",
                block("OPENSSH PRIVATE KEY", "openssh-key-v1\0\177\377\377\377".getBytes(StandardCharsets.ISO_8859_1)));
        files.put(
                "negative-field",
                block("OPENSSH PRIVATE KEY", "openssh-key-v1\0\377\377\377\377".getBytes(StandardCharsets.ISO_8859_1)));
        files.put(
                "public-garbage",
                "ssh-rsa !!!! me\nssh-rsa AAAA\nssh-dss AAAAB3NzaC1yc2EAAAAA\n".getBytes(StandardCharsets.US_ASCII));
        return files;
    }

    private static byte[] nested(int depth) {
        byte[] bytes = new byte[4 * depth];
        for (int i = 0; i < depth; i++) {
            int rest = bytes.length - 4 * (i + 1);
            bytes[4 * i] = 0x30;
            bytes[4 * i + 1] = (byte) 0x82;
            bytes[4 * i + 2] = (byte) (rest >> 8);
            bytes[4 * i + 3] = (byte) rest;
        }
        return bytes;
    }

    private static byte[] repeat(byte[] bytes, int times) {
        byte[] all = new byte[bytes.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = bytes[i % bytes.length];
        }
        return all;
    }

    private static byte[] block(String type, byte[] content) {
        return ("-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                        + type + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void makesARemarkOfEachHostileFileAndGoesOn() throws Exception {
        Map<String, byte[]> files = hostile();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(folder.resolve(file.getKey()), file.getValue());
        }
        write("zz-good", text("rsa-pem"));
        long start = System.nanoTime();

        ModuleResult result = run();

        assertEquals(1, keys(result).size(), result.elements().toString());
        for (String name : files.keySet()) {
            String start1 = "warning: " + folder.resolve(name) + ": ";
            assertEquals(
                    1,
                    result.errors().stream().filter(e -> e.startsWith(start1)).count(),
                    name + result.errors());
        }
        assertEquals(files.size(), result.errors().size(), result.errors().toString());
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
    }

    /** Numbers of a hostile size are refused before anything is computed with them. */
    @Test
    void computesNothingWithHugeNumbers() throws Exception {
        byte[] huge = new byte[12_000];
        java.util.Arrays.fill(huge, (byte) 0x7f);
        byte[] p = der(2, huge);
        byte[] domain = der(0x30, join(p, der(2, new byte[] {7}), p));
        byte[] algorithm =
                der(0x30, join(der(6, new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x38, 4, 1}), domain));
        byte[] key = der(0x30, join(der(2, new byte[] {0}), algorithm, der(4, der(2, new byte[] {5}))));
        Files.write(folder.resolve("bomb"), block("PRIVATE KEY", key));

        ModuleResult result = run();

        assertFalse(result.foundAnything());
        assertEquals(
                List.of("warning: " + folder.resolve("bomb") + ": a DSA key of an impossible size"), result.errors());
    }

    private static byte[] der(int tag, byte[] content) {
        java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(content.length + 6);
        out.put((byte) tag);
        if (content.length < 128) {
            out.put((byte) content.length);
        } else {
            out.put((byte) 0x82).putShort((short) content.length);
        }
        out.put(content);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] join(byte[]... parts) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @Test
    void survivesDamagedKeys() throws Exception {
        Random random = new Random(11);
        for (String name : List.of("rsa-pem", "dsa-pkcs8", "ecdsa256-pem", "ed25519-openssh", "ed25519-pkcs8")) {
            String pem = text(name);
            String type = pem.substring(11, pem.indexOf("-----", 11));
            byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
            for (int i = 0; i < 150; i++) {
                byte[] damaged = der.clone();
                for (int k = random.nextInt(4); k >= 0; k--) {
                    damaged[random.nextInt(Math.min(60, der.length))] = (byte) random.nextInt();
                }
                KeyFile file = new KeyFile("/key", block(type, damaged));
                assertTrue(file.keys().size() == 1 || file.remark().isPresent());
            }
        }
    }

    @Test
    void returnsNothingOfTheKeyItself() throws Exception {
        String pem = text("ecdsa256-pem");
        write("good", pem);
        write("bad", pem.replace("\n-----END", "%\n-----END"));
        write("worse", pem.substring(0, 120) + "\n-----END EC PRIVATE KEY-----\n");

        String said = MigJson.text(run());

        String base64 = pem.replaceAll("-----.*-----", "").replaceAll("\\s", "");
        for (int i = 0; i + 8 <= base64.length(); i++) {
            assertFalse(said.contains(base64.substring(i, i + 8)), said);
        }
    }

    @Test
    void looksOnlyAtSmallRegularFilesDownToTheDepth() throws Exception {
        write("large", text("rsa-pem") + " ".repeat(1 << 20));
        Path deep = Files.createDirectories(folder.resolve("1/2/3"));
        Files.writeString(deep.resolve("key"), text("rsa-pem"));
        ModuleResult shallow = module.run(
                module.bind(MigJson.tree("{\"maxdepth\":3,\"paths\":[" + MigJson.text(folder.toString()) + "]}")),
                RunContext.unlimited());

        assertEquals(0, keys(shallow).size());
        assertEquals(1, keys(run()).size());
    }

    @Test
    void readsFilesWhoseNamesAreNoText() throws Exception {
        Path key = write("key", text("rsa-pem"));
        // No text of Java stands for such a name everywhere.
        Process shell =
                new ProcessBuilder("/bin/sh", "-c", "mv " + key + " \"" + folder + "/$(printf 'k\\377y')\"").start();
        assertEquals(0, shell.waitFor());

        ModuleResult result = run();

        assertEquals(List.of(), result.errors());
        assertEquals(folder + "/k\ufffdy", keys(result).get(0).get("path").asText());
    }

    @Test
    void endsWhenItMust() throws Exception {
        write("key", text("rsa-pem"));
        RunContext over = new RunContext(Clock.systemUTC(), Optional.of(Instant.now()), false);

        ModuleResult result =
                module.run(module.bind(MigJson.tree("{\"paths\":[" + MigJson.text(folder.toString()) + "]}")), over);

        assertEquals(0, keys(result).size());
    }

    @Test
    void keepsNoMoreKeysThanItSays() {
        FoundKeys found = new FoundKeys(Instant.now());
        for (int i = 0; i < FoundKeys.MOST_KEYS + 3; i++) {
            found.add(SshKey.encrypted("/" + i));
        }

        ModuleResult result = found.document(Instant.now());

        assertEquals(FoundKeys.MOST_KEYS, keys(result).size());
        assertEquals(List.of("warning: 3 more keys were left out, the limit is 25000 keys or 24 MiB"), result.errors());
    }

    @Test
    void hidesWhereKeysAreWhereTheEndpointWantsPrivacy() throws Exception {
        write("mallory", text("rsa-pem"));
        write("broken", "-----BEGIN RSA PRIVATE KEY-----\n");

        ModuleResult masked = module.mask(run());

        assertEquals("masked", masked.elements().get("keys").get(0).get("path").asText());
        assertEquals(
                fingerprints("rsa")[2],
                masked.elements().get("keys").get(0).get("fingerprint_sha256").asText());
        assertEquals(List.of("masked"), masked.errors());
        assertFalse(MigJson.text(masked).contains("mallory"));
    }

    @Test
    void printsStatisticsAndErrors() throws Exception {
        write("key", text("rsa-pem"));

        List<String> lines = module.print(run(), false);

        assertTrue(
                lines.get(1).matches("Statistics: 1 files checked, 0 failed to open, 1 keys found, ran in .*s\\."),
                lines + "");
        assertEquals(List.of(), module.print(ModuleResult.failed("x"), true));
    }

    @Test
    void countsThePathAsALevelInItsHelp() {
        for (Module<?> each : List.of(module, new FileModule())) {
            String help = each.flags().orElseThrow().help();
            assertTrue(help.contains("levels of folders, the path itself is the first (default: "), help);
        }
    }

    @Test
    void readsTheCommandLine() throws Exception {
        assertEquals(
                MigJson.tree("{\"paths\":[\"/a\",\"/b\"],\"maxdepth\":3}"),
                module.flags().orElseThrow().parse(List.of("-path", "/a", "-path", "/b", "-maxdepth", "3")));
        assertEquals(
                MigJson.tree("{\"maxdepth\":0}"), module.flags().orElseThrow().parse(List.of()));
        assertThrows(
                InvalidParametersException.class,
                () -> module.flags().orElseThrow().parse(List.of("-maxdepth", "1001")));
    }

    @Test
    void refusesAnEmptyPathWithoutTalkOfSearchesThatNobodyWrote() {
        InvalidParametersException refused =
                assertThrows(InvalidParametersException.class, () -> module.bind(MigJson.tree("{\"paths\":[\"\"]}")));

        assertEquals("paths: a path is empty", refused.getMessage());
    }
}
