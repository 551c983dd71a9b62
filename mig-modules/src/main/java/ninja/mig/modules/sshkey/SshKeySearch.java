package ninja.mig.modules.sshkey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import ninja.mig.json.MigJson;
import ninja.mig.modules.InvalidParametersException;
import ninja.mig.modules.Parameters;
import ninja.mig.modules.RunContext;
import ninja.mig.modules.file.FileLookup;

/** Where to look for keys, checked. Files are found by the lines that keys begin with, and by the names that sshd reads. */
final class SshKeySearch {
    /** In bytes; programs refuse keys in larger files. Files that let people in are found whatever their size. */
    static final int LARGEST = 1024 * 1024;

    static final int USUAL_DEPTH = 8;
    private static final int DEEPEST = 1000;

    /** Files that one search finds, and errors that all report. */
    static final int MOST_FILES = 1000;

    private static final int MOST_ERRORS = 30;

    private static final List<Map.Entry<String, String>> CONTENTS = List.of(
            Map.entry("private keys", "^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----"),
            Map.entry("public keys", "^ssh-(rsa|dss|ed25519) "),
            Map.entry("ECDSA keys", "^ecdsa-sha2-nistp(256|384|521) "),
            Map.entry("keys in hardware", "^sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com "));

    private final FileLookup lookup;

    private SshKeySearch(FileLookup lookup) {
        this.lookup = lookup;
    }

    /** @param homes where to look if the parameters do not say it */
    static SshKeySearch bind(JsonNode parameters, List<String> homes) throws InvalidParametersException {
        SshKeyParameters p = Parameters.bind(parameters, SshKeyParameters.class);
        if (p.maxDepth() < 0 || p.maxDepth() > DEEPEST) {
            throw new InvalidParametersException("maxdepth is " + p.maxDepth() + ", expected 0 to " + DEEPEST);
        }
        List<String> paths = p.paths().isEmpty() ? homes : p.paths();
        long depth = p.maxDepth() == 0 ? USUAL_DEPTH : p.maxDepth();
        ObjectNode searches = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> content : CONTENTS) {
            ObjectNode search = search("contents", content.getValue(), paths, depth);
            search.putArray("sizes").add("<" + LARGEST);
            searches.set(content.getKey(), search);
        }
        searches.set("authorized keys", search("names", "^authorized_keys2?$", paths, depth));
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.set("searches", searches);
        return new SshKeySearch(new FileLookup(document));
    }

    /** Where this system has the keys of people. */
    static List<String> homes() {
        return File.separatorChar == '\\' ? List.of("c:\\Users") : List.of("/root", "/home");
    }

    private static ObjectNode search(String key, String expression, List<String> paths, long depth) {
        ObjectNode search = JsonNodeFactory.instance.objectNode();
        search.set("paths", MigJson.toTree(paths));
        search.putArray(key).add(expression);
        search.putObject("options")
                .put("matchall", true)
                .put("maxdepth", depth)
                .put("matchlimit", MOST_FILES)
                .put("maxerrors", MOST_ERRORS);
        return search;
    }

    FileLookup.Found run(RunContext context) {
        return lookup.run(context);
    }

    /** Every file once, in ascending order. */
    static Set<Path> files(FileLookup.Found found) {
        Set<Path> files = new TreeSet<>();
        found.files().values().forEach(files::addAll);
        return files;
    }
}
