package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatCommandsTest {
    private static final String UID = "58b3mndjmbb00";

    private final StatCommands commands =
            new StatCommands(UID, () -> "version: test\n", new MovableClock(Investigation.NOW));

    /** The sample of the deployment guide, and what this version has beyond it. */
    @Test
    void helpsAsTheGuideShowsIt() {
        String help = commands.answer("help").text();

        assertTrue(
                help.startsWith("\nWelcome to the MIG agent socket. The commands are:\n"
                        + "pid\treturns the PID of the running agent\n"),
                help);
        assertTrue(help.matches("(?s).*\nstatus\t[^\n]+\nshutdown <id>\t[^\n]+\n\n"), help);
    }

    @Test
    void tellsItsPid() {
        assertEquals(
                ProcessHandle.current().pid() + "\n", commands.answer("pid").text());
    }

    @Test
    void tellsItsStatus() {
        assertEquals("version: test\n", commands.answer("status").text());
    }

    @Test
    void stopsForWhoKnowsTheId() {
        StatCommands.Reply reply = commands.answer("shutdown " + UID);

        assertEquals("shutdown requested\n", reply.text());
        assertTrue(reply.stops());
    }

    @Test
    void doesNotStopWithoutAnId() {
        StatCommands.Reply reply = commands.answer("shutdown");

        assertEquals("missing agent id, shutdown refused\n", reply.text());
        assertFalse(reply.stops());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "58b3mndjmbb01",
                "58b3mndjmbb0",
                "58b3mndjmbb000",
                "58B3MNDJMBB00",
                "x58b3mndjmbb00",
                "58b3mndjmbb00 58b3mndjmbb00",
                "58b3mndjmbb00 x",
                "''",
                "\0",
                "58b3mndjmbb00\0",
                "%s%n",
                "\u00e9",
            })
    void neitherStopsForAWrongIdNorRepeatsIt(String id) {
        StatCommands.Reply reply = commands.answer("shutdown " + id);

        assertEquals("invalid agent id, shutdown refused\n", reply.text());
        assertFalse(reply.stops());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PID", "pidx", " pid", "pid\t", "GET / HTTP/1.1", "shutdown58b3mndjmbb00", "\0", "\u00ff\u00fe"})
    void doesNotKnowAnythingElse(String request) {
        assertEquals("unknown command\n", commands.answer(request).text());
        assertFalse(commands.answer(request).stops());
    }
}
