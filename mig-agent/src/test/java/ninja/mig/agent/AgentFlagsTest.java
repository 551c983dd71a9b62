package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentFlagsTest {
    @Test
    void isADaemonByDefault() throws Exception {
        AgentFlags flags = parse();

        assertTrue(flags.isAgent());
        assertEquals(Optional.empty(), flags.configFile());
        assertFalse(flags.debug() || flags.foreground() || flags.print() || flags.version() || flags.help());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-m file", "--m file", "-m=file", "--m=file"})
    void takesOneDashOrTwoAndAnEqualsSignOrABlank(String line) throws Exception {
        assertEquals("file", parse(line.split(" ")).mode());
    }

    @Test
    void takesTheLastOfAFlagGivenTwice() throws Exception {
        assertEquals("netstat", parse("-m", "file", "-m", "netstat").mode());
    }

    @Test
    void runsInTheForegroundWhenDebugging() throws Exception {
        assertTrue(parse("-d").foreground());
        assertFalse(parse("-d=false", "-f=0").foreground());
    }

    @Test
    void knowsWhoStartedIt() throws Exception {
        assertFalse(parse().service().managed() || parse().service().upgrade());
        assertTrue(parse("--service").service().managed());
        assertTrue(parse("-u").service().upgrade());
        assertTrue(parse("--remove-service").service().remove());
    }

    @Test
    void takesAQueryOfSeveralWords() throws Exception {
        assertEquals(Optional.of("shutdown x"), parse("-q", "shutdown x").query());
        assertEquals(Optional.of("pid"), parse("-q=pid").query());
        assertTrue(parse("-S").settings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-q pid",
                "-S",
                "-V",
                "-l",
                "-h",
                "-i x",
                "-m file",
                "-m agent-checkin",
                "-u",
                "--remove-service",
                "--archive"
            })
    void knowsThatAToolIsNoDaemon(String line) throws Exception {
        assertFalse(parse(line.split(" ")).isDaemon());
        assertTrue(parse("-f", "-d", "-c", "x").isDaemon());
    }

    @Test
    void takesAValueThatLooksLikeAFlag() throws Exception {
        assertEquals(Optional.of(Path.of("-x")), parse("-c", "-x").configFile());
    }

    @ParameterizedTest
    @CsvSource({
        "-x, flag provided but not defined: -x",
        "-m, flag needs an argument: -m",
        "-c=, flag -c needs the path of a file",
        "-m=, 'flag -m needs a mode: agent, agent-checkin or the name of a module'",
        "-d=maybe, invalid boolean value \"maybe\" for -d",
        "-q, flag needs an argument: -q",
        "-q=, 'flag -q needs a query in one line: help, pid, status or shutdown'",
        "'-q=pid\nshutdown', 'flag -q needs a query in one line: help, pid, status or shutdown'",
        "-n, flag -n: this version of the agent does not have persistent modules",
    })
    void refusesWhatItDoesNotKnowOrHave(String argument, String message) {
        assertEquals(
                message,
                assertThrows(AgentFlags.UsageException.class, () -> parse(argument))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-d true", "-m file extra", "-- extra", "-"})
    void refusesWhatIsNoFlag(String line) {
        String message = assertThrows(AgentFlags.UsageException.class, () -> parse(line.split(" ")))
                .getMessage();

        assertTrue(message.startsWith("unexpected argument"), message);
    }

    private static AgentFlags parse(String... args) throws AgentFlags.UsageException {
        return AgentFlags.parse(List.of(args));
    }
}
