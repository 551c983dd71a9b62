package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class PageTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void saysWhatToDoAndCountsIt() {
        Page page = page(false);

        page.section("Files");
        page.ok("one");
        page.note("two", "perhaps");
        page.fix("three", "chmod 400 three");

        assertEquals("""

                Files
                  OK    one
                  NOTE  two
                        -> perhaps
                  FIX   three
                        -> chmod 400 three
                """, text());
        assertEquals(1, page.faults());
    }

    @Test
    void letsNoTextMoveTheCursorOrBeginALine() {
        Page page = page(false);

        page.ok("Bob\033[2J\n  OK    all is well\u202e\u2028");
        page.value("name\r", "\u0007");

        assertEquals(2, text().lines().count(), text());
        assertTrue(text().startsWith("  OK    Bob?[2J?  OK    all is well??\n"), text());
        assertFalse(text().contains("\033") || text().contains("\r"), text());
    }

    @Test
    void hidesTheAgentsId() {
        Page page = page(false);
        page.hide("abcdefghijklm");

        page.fix("no queue mig.agt.linux.h.abcdefghijklm", "look at abcdefghijklm");

        assertFalse(text().contains("abcdefghijklm"), text());
        assertTrue(text().contains("mig.agt.linux.h.<id>"), text());
    }

    @Test
    void saysWhoMayNotReadAFile() {
        assertEquals(
                "user '" + System.getProperty("user.name") + "' may not read /x/.migagtid",
                Page.reason(new AccessDeniedException("/x/.migagtid")));
        assertEquals("java.io.IOException: broken", Page.reason(new IOException("broken")));
    }

    @Test
    void coloursItsVerdictsForATerminalOnly() {
        page(true).ok("x");

        assertEquals("  \033[32mOK  \033[0m  x\n", text());
    }

    private Page page(boolean colours) {
        return new Page(new PrintStream(printed, true, StandardCharsets.UTF_8), colours);
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
