package ninja.mig.pgp;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes come: a signer, or a refusal, and never another exception. */
class HostileBytesTest {
    private static final Instant NOW = Vectors.clock();
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final byte[] VALUES = {0, 1, 0x7f, (byte) 0x80, (byte) 0xff};

    private interface Reader {
        void read(byte[] bytes) throws Exception;
    }

    /** Truncations, bytes with telling values, each at every {@code step}th place, and random damage in several places. */
    private static void damage(byte[] good, int step, int randomly, Reader reader) throws Exception {
        for (int length = 0; length < good.length; length += step) {
            reader.read(Arrays.copyOf(good, length));
        }
        for (int at = 0; at < good.length; at += step) {
            for (byte value : VALUES) {
                byte[] bad = good.clone();
                bad[at] = value;
                reader.read(bad);
            }
        }
        Random random = new Random(good.length);
        for (int i = 0; i < randomly; i++) {
            byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length + 20));
            for (int k = random.nextInt(6); k >= 0; k--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            reader.read(bad);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice-action", "bob-action", "carol-action", "dave-action", "erin-action"})
    void damagedSignaturesAreRefused(String name) throws Exception {
        byte[] message = Vectors.bytes("messages/action.txt");
        String key = name.substring(0, name.indexOf('-'));
        Keyring keyring = Keyring.of(List.of(text("keys/" + key + ".pub.asc")));
        byte[] packet =
                DetachedSignature.parse(text("signatures/" + name + ".sig")).packet();
        damage(packet, 1, 2000, bytes -> {
            try {
                assertNotNull(keyring.verify(List.of(message), DetachedSignature.of(bytes), NOW));
            } catch (BadSignatureException e) {
                assertNotNull(e.getMessage());
            }
        });
    }

    @Test
    void subpacketsOfAnyKindAndLengthAreRefused() throws Exception {
        Keyring keyring = Keyring.of(List.of(text("keys/alice.pub.asc")));
        byte[] time = {5, 2, 0x60, 0, 0, 0};
        for (int tag = 0; tag < 256; tag++) {
            for (int length = 0; length < 40; length++) {
                byte[] odd = new byte[length + 2];
                odd[0] = (byte) (length + 1);
                odd[1] = (byte) tag;
                for (List<byte[]> areas : List.of(
                        List.of(odd, new byte[0]), List.of(joined(time, odd), new byte[0]), List.of(time, odd))) {
                    byte[] body = joined(
                            new byte[] {4, 0, 1, 8, 0, (byte) areas.get(0).length},
                            areas.get(0),
                            new byte[] {0, (byte) areas.get(1).length},
                            areas.get(1),
                            new byte[] {0, 0, 0, 8, (byte) 0xff});
                    byte[] packet = joined(new byte[] {(byte) 0xc2, (byte) body.length}, body);
                    assertThrows(
                            BadSignatureException.class,
                            () -> keyring.verify(List.of(body), DetachedSignature.of(packet), NOW));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol", "dave", "erin", "heidi", "oscar"})
    void damagedPublicKeysAreRefusedOrUsable(String name) throws Exception {
        byte[] message = Vectors.bytes("messages/action.txt");
        DetachedSignature signature = DetachedSignature.parse(text("signatures/"
                + (name.equals("heidi") ? "heidi-early" : name.equals("oscar") ? "alice-action" : name + "-action")
                + ".sig"));
        byte[] key = Armor.blocks(text("keys/" + name + ".pub.asc")).get(0).content();
        damage(key, key.length > 600 ? 41 : 1, 60, bytes -> {
            try {
                for (PublicKey read : PublicKey.readAll(bytes)) {
                    assertNotNull(PublicKey.parse(read.armored()));
                    Keyring.ofKeys(List.of(read)).verify(List.of(message), signature, NOW);
                }
            } catch (BadKeyException | BadSignatureException e) {
                assertNotNull(e.getMessage());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"carol", "dave"})
    void damagedSecretKeysAreRefusedOrUsable(String name) throws Exception {
        byte[] key = Armor.blocks(text("keys/" + name + ".sec.asc")).get(0).content();
        damage(key, 1, 500, bytes -> {
            try {
                SecretKeyring ring = SecretKeyring.load(bytes, CLOCK);
                for (Fingerprint fingerprint : ring.fingerprints()) {
                    ring.signer(fingerprint, new char[0]).sign(bytes);
                }
            } catch (BadKeyException | SigningException e) {
                assertNotNull(e.getMessage());
            }
        });
    }

    @Test
    void damagedTextsAreRefusedOrMeanTheSame() throws Exception {
        byte[] stored = Vectors.bytes("signatures/dave-action.sig");
        damage(stored, 1, 2000, bytes -> {
            try {
                DetachedSignature.parse(new String(bytes, StandardCharsets.ISO_8859_1));
            } catch (BadSignatureException e) {
                assertNotNull(e.getMessage());
            }
        });
        byte[] armored = Vectors.bytes("keys/dave.pub.asc");
        damage(armored, 1, 2000, bytes -> {
            try {
                PublicKey.parse(new String(bytes, StandardCharsets.ISO_8859_1));
            } catch (BadKeyException e) {
                assertNotNull(e.getMessage());
            }
        });
        Keyring keyring = Keyring.of(List.of(text("keys/alice.pub.asc")));
        damage(Vectors.bytes("tokens/ok.txt"), 1, 2000, bytes -> {
            try {
                AuthToken.verify(new String(bytes, StandardCharsets.ISO_8859_1), keyring, Duration.ofDays(36500), NOW);
            } catch (BadTokenException e) {
                assertNotNull(e.getMessage());
            }
        });
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String text(String name) throws Exception {
        return new String(Vectors.bytes(name), StandardCharsets.UTF_8);
    }
}
