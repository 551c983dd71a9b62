package ninja.mig.modules.sshkey;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.pgp.BadKeyException;
import ninja.mig.pgp.SshPublicHalf;

/** What one file holds: private keys, else public keys. */
final class KeyFile {
    /** Private keys of one file that are looked at; a file of nothing but their first lines would take for ever. */
    private static final int MOST_PRIVATE = 100;

    private static final Pattern BEGIN =
            Pattern.compile("^-----BEGIN ((?:[A-Z0-9]{1,20} ){0,2}PRIVATE KEY)-----", Pattern.MULTILINE);

    private final String path;
    private final String content;
    private final List<SshKey> keys = new ArrayList<>();
    private Optional<String> remark = Optional.empty();

    KeyFile(String path, byte[] content) {
        this.path = path;
        this.content = new String(content, StandardCharsets.ISO_8859_1);
        privateKeys();
        if (keys.isEmpty()) {
            publicKeys();
        }
        if (keys.isEmpty()) {
            remark("there is no SSH key in it that can be read");
        }
    }

    List<SshKey> keys() {
        return keys;
    }

    /** What could not be read, the first of it. */
    Optional<String> remark() {
        return remark;
    }

    private void remark(String text) {
        remark = remark.or(() -> Optional.of("warning: " + path + ": " + text));
    }

    private void privateKeys() {
        Matcher begin = BEGIN.matcher(content);
        int from = 0;
        for (int i = 0; i < MOST_PRIVATE && begin.find(from); i++) {
            String type = begin.group(1);
            int end = content.indexOf("-----END " + type + "-----", begin.end());
            try {
                if (end < 0) {
                    throw new BadKeyException("a " + type + " without an end");
                }
                keys.add(privateKey(type, content.substring(begin.end(), end)));
            } catch (BadKeyException e) {
                remark(e.getMessage());
            }
            from = end < 0 ? begin.end() : end;
        }
    }

    private SshKey privateKey(String type, String text) throws BadKeyException {
        if (type.equals("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            return SshKey.encrypted(path);
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.replaceAll("[ \t\r\n]", ""));
        } catch (IllegalArgumentException e) {
            throw new BadKeyException("a " + type + " that is not base64");
        }
        Optional<byte[]> publicHalf =
                type.equals("OPENSSH PRIVATE KEY") ? SshBlob.ofOpenSsh(key) : Optional.of(SshPublicHalf.of(type, key));
        return publicHalf.map(half -> SshKey.of(half, path, SshKey.PRIVATE)).orElseGet(() -> SshKey.encrypted(path));
    }

    private void publicKeys() {
        content.lines().forEach(line -> SshBlob.ofLine(line.strip())
                .ifPresent(half -> keys.add(SshKey.of(half, path, SshKey.PUBLIC))));
    }
}
