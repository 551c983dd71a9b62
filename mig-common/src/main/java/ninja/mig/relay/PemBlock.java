package ninja.mig.relay;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ninja.mig.model.RejectedException;

/** What stands between a BEGIN and an END line. */
record PemBlock(String type, byte[] der) {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,60})-----");

    /** Reads every block; text around them is left out. */
    static List<PemBlock> read(String pem) throws RejectedException {
        List<PemBlock> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(pem);
        int from = 0;
        while (begin.find(from)) {
            String type = begin.group(1);
            String end = "-----END " + type + "-----";
            int stop = pem.indexOf(end, begin.end());
            if (stop < 0) {
                throw new RejectedException("PEM text has no line " + end);
            }
            blocks.add(new PemBlock(type, decode(type, pem.substring(begin.end(), stop))));
            from = stop + end.length();
        }
        return blocks;
    }

    private static byte[] decode(String type, String base64) throws RejectedException {
        if (type.startsWith("ENCRYPTED") || base64.contains("ENCRYPTED")) {
            throw new RejectedException("the private key is encrypted; decrypt it with: openssl pkcs8 -topk8 -nocrypt");
        }
        try {
            return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new RejectedException("PEM block " + type + " is not base64", e);
        }
    }

    boolean isCertificate() {
        return type.equals("CERTIFICATE") || type.equals("X509 CERTIFICATE");
    }

    boolean isPrivateKey() {
        return type.endsWith("PRIVATE KEY");
    }
}
