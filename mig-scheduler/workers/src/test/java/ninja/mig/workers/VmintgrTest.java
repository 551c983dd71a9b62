package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.model.Agent;
import ninja.mig.platform.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmintgrTest {
    private static final Duration ENOUGH = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Vmintgr program(Duration limit, String script) throws Exception {
        Path program = Files.writeString(
                folder.resolve("vmintgr"),
                "#!/bin/sh\nprintf '%s\\n' \"$#:$1\" >>" + folder.resolve("asked") + "\n" + script);
        assertTrue(program.toFile().setExecutable(true));
        return new Vmintgr(program, limit, Clock.systemUTC());
    }

    private List<String> asked() throws Exception {
        return Files.readAllLines(folder.resolve("asked"));
    }

    @Test
    void asksForTheNameThenForTheAddresses() throws Exception {
        Vmintgr vmintgr = program(ENOUGH, """
                case $1 in
                ip:10.0.0.2) echo '{"host":"h","ip":"10.0.0.2","team":"opsec"}';;
                *) echo '{"host":"h","ip":"","team":"default"}';;
                esac
                """);

        Optional<String> team = vmintgr.team("h.example.net", List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"));

        assertEquals(Optional.of("opsec"), team);
        assertEquals(List.of("1:host:h.example.net", "1:ip:10.0.0.1", "1:ip:10.0.0.2"), asked());
    }

    @Test
    void knowsOfNoTeamIfAllAreDefault() throws Exception {
        Vmintgr vmintgr = program(ENOUGH, "echo '{\"team\":\"default\"}'");

        assertEquals(Optional.empty(), vmintgr.team("h", List.of("10.0.0.1")));
    }

    @Test
    void neverPassesOnANameThatIsNone() throws Exception {
        Vmintgr vmintgr = program(ENOUGH, "echo '{}'");

        for (String name : List.of("", "-x", "a b", "$(id)", "a;b", "a\nb", "é", "x".repeat(300))) {
            assertEquals(Optional.empty(), vmintgr.team(name, List.of()), name);
        }
        vmintgr.team("good", List.of());

        assertEquals(List.of("1:host:good"), asked());
    }

    @Test
    void asksForSoManyAddressesAndNoMore() throws Exception {
        program(ENOUGH, "echo '{}'").team("", Collections.nCopies(1000, "10.0.0.1"));

        assertEquals(64, asked().size());
    }

    @Test
    void stopsAskingAProgramThatFails() throws Exception {
        Vmintgr vmintgr = program(ENOUGH, "echo '{\"team\":\"opsec\"}'; exit 3");

        assertEquals(Optional.empty(), vmintgr.team("h", List.of("10.0.0.1")));
        assertEquals(1, asked().size());
    }

    @Test
    void takesNoAnswerThatIsNone() throws Exception {
        for (String answer : List.of("", "team: opsec", "[]", "{\"team\": 1}", "{\"team\":\"a\"}{\"team\":\"b\"}")) {
            Vmintgr vmintgr = program(ENOUGH, "printf '%s' '" + answer + "'");
            assertEquals(Optional.empty(), vmintgr.team("h", List.of()), answer);
        }
    }

    @Test
    void takesNoAnswerWithoutEnd() throws Exception {
        Vmintgr vmintgr = program(ENOUGH, "yes");

        assertEquals(Optional.empty(), vmintgr.team("h", List.of()));
    }

    @Test
    void doesNotWaitForAProgramThatHangs() throws Exception {
        Vmintgr vmintgr = program(Duration.ofMillis(200), "echo $$ >" + folder.resolve("pid") + "\nsleep 300");

        assertEquals(Optional.empty(), vmintgr.team("h", List.of("10.0.0.1", "10.0.0.2")));
        assertTrue(asked().size() <= 1);
        if (Files.exists(folder.resolve("pid"))) {
            long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
            Await.until(
                    "the program is gone",
                    () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        }
    }

    @Test
    void doesWithoutAProgramThatIsNotThere() throws Exception {
        Vmintgr vmintgr = new Vmintgr(folder.resolve("none"), ENOUGH, Clock.systemUTC());

        assertEquals(Optional.empty(), vmintgr.team("h", List.of("10.0.0.1")));
    }

    @Test
    void knowsBetterThanTheAgent() throws Exception {
        Owners owners = new Owners(Optional.of(program(ENOUGH, "echo '{\"team\":\"opsec\"}'")));
        Agent agent = MigJson.read(Golden.bytes("agent.json"), Agent.class);

        assertEquals(new Owners.Owner("IT", "opsec"), owners.of(agent));
        assertEquals(new Owners.Owner("IT", "web"), new Owners(Optional.empty()).of(agent));
    }
}
