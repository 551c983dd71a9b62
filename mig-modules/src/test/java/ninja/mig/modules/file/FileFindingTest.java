package ninja.mig.modules.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import ninja.mig.json.MigJson;
import ninja.mig.model.ModuleResult;
import org.junit.jupiter.api.Test;

class FileFindingTest {
    private static List<FileFinding> findings(String elements) throws Exception {
        return FileFinding.of(new ModuleResult(true, true, MigJson.tree(elements), null, List.of()));
    }

    @Test
    void readsWhatWasFoundAndWhatWasNot() throws Exception {
        List<FileFinding> findings = findings("""
                {"audit": [
                  {"file": "/etc/audit/audit.rules",
                   "search": {"paths": ["/etc/audit"], "contents": ["^-w", "-p wa"], "names": ["rules$"]},
                   "fileinfo": {"size": 1}},
                  {"file": "", "search": {"paths": ["/etc", "/usr"], "md5": ["AB"], "sha3_512": ["CD"]}}]}
                """);

        assertEquals(
                List.of(
                        new FileFinding(
                                "audit",
                                "/etc/audit/audit.rules",
                                List.of("/etc/audit"),
                                List.of("name='rules$'", "content='^-w'", "content='-p wa'")),
                        new FileFinding("audit", "", List.of("/etc", "/usr"), List.of("md5='AB'", "sha3_512='CD'"))),
                findings);
        assertTrue(findings.get(0).isFound());
        assertFalse(findings.get(1).isFound());
    }

    @Test
    void leavesOutWhatIsOdd() throws Exception {
        for (String elements : List.of(
                "null", "\"text\"", "[]", "7", "{}", "{\"a\": null}", "{\"a\": [null, 1, {\"file\": 2}, []]}")) {
            assertEquals(List.of(), findings(elements), elements);
        }
        assertEquals(
                List.of(new FileFinding("a", "/x", List.of(), List.of("name='n'"))),
                findings(
                        "{\"a\": [{\"file\": \"/x\", \"search\": {\"paths\": [1], \"names\": [{}, \"n\"], \"md5\": 5}}]}"));
    }
}
