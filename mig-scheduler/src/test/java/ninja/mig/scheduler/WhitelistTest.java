package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import ninja.mig.model.QueueLoc;
import ninja.mig.model.RejectedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhitelistTest {
    private final TestClock clock = new TestClock(Instant.parse("2015-08-01T12:00:00Z"));

    @TempDir
    Path folder;

    private Whitelist whitelistOf(String content) throws IOException {
        Files.writeString(file(), content);
        return new Whitelist(Optional.of(file()), clock);
    }

    private Path file() {
        return folder.resolve("agents_whitelist.txt");
    }

    private static QueueLoc queueLoc(String text) throws RejectedException {
        return QueueLoc.parse(text);
    }

    @Test
    void authorizesTheEntriesOfTheDeploymentGuide() throws Exception {
        Whitelist whitelist = whitelistOf("""
                linux.agent123.example.net.58b3mndjmbb00
                windows.db4.sub.example.com.56b2andxmyb00
                """);

        assertTrue(whitelist.authorizes(queueLoc("linux.agent123.example.net.58b3mndjmbb00")));
        assertTrue(whitelist.authorizes(queueLoc("windows.db4.sub.example.com.56b2andxmyb00")));
        assertFalse(whitelist.authorizes(queueLoc("linux.somehost.example.net.4vjs8ubqo0100")));
    }

    @Test
    void regexEntryMustMatchTheWholeQueueloc() throws Exception {
        Whitelist whitelist = whitelistOf("re:linux.server[0-9]{1,4}.example.net.[a-z0-9]{13}\n");

        assertTrue(whitelist.authorizes(queueLoc("linux.server42.example.net.58b3mndjmbb00")));
        assertFalse(whitelist.authorizes(queueLoc("linux.server42.example.net.58b3mndjmbb00x")));
        assertFalse(whitelist.authorizes(queueLoc("linux.server12345.example.net.58b3mndjmbb00")));
        assertFalse(whitelist.authorizes(queueLoc("linux.my.linux.server42.example.net.58b3mndjmbb00")));
    }

    @Test
    void anAlternativeMustMatchTheWholeQueuelocToo() throws Exception {
        Whitelist whitelist = whitelistOf("re:linux\\.a\\.x|linux\\.b\\.x\n");

        assertTrue(whitelist.authorizes(queueLoc("linux.b.x")));
        assertFalse(whitelist.authorizes(queueLoc("linux.a.xx")));
        assertFalse(whitelist.authorizes(queueLoc("linux.c.linux.b.x")));
    }

    @Test
    void plainEntriesAreNoExpressions() throws Exception {
        assertFalse(whitelistOf("linux.a.example.net.x1\n").authorizes(queueLoc("linux.a-example.net.x1")));
    }

    @Test
    void ignoresBlankLinesCommentsAndTrailingBlanks() throws Exception {
        Whitelist whitelist = whitelistOf("\n# our web servers\n\nlinux.web1.x1  \r\n   \nlinux.web2.x2\t\n");

        assertTrue(whitelist.authorizes(queueLoc("linux.web1.x1")));
        assertTrue(whitelist.authorizes(queueLoc("linux.web2.x2")));
    }

    @Test
    void aBadExpressionDoesNotKeepOthersOut() throws Exception {
        Whitelist whitelist = whitelistOf("re:linux.(web\nre:\nre:linux.(?<=a)x\nlinux.web1.x1\nre:linux\\.db.*\n");

        assertTrue(whitelist.authorizes(queueLoc("linux.web1.x1")));
        assertTrue(whitelist.authorizes(queueLoc("linux.db4.x1")));
        assertFalse(whitelist.authorizes(queueLoc("linux.mail.x1")));
    }

    @Test
    void anExpressionThatWouldBacktrackForeverEndsAtOnce() throws Exception {
        Whitelist whitelist = whitelistOf("re:linux\\.(a+)+b\\.x\n");

        assertFalse(whitelist.authorizes(queueLoc("linux." + "a".repeat(200) + ".x")));
    }

    @Test
    void readsAChangedFileAgainAfterASecond() throws Exception {
        Whitelist whitelist = whitelistOf("linux.web1.x1\n");
        assertFalse(whitelist.authorizes(queueLoc("linux.web2.x2")));

        Files.writeString(file(), "linux.web1.x1\nlinux.web2.x2\n");
        assertFalse(whitelist.authorizes(queueLoc("linux.web2.x2")), "not before a second has passed");
        clock.advance(Duration.ofSeconds(1));

        assertTrue(whitelist.authorizes(queueLoc("linux.web2.x2")));
    }

    @Test
    void keepsTheLastGoodContentWhileTheFileIsAway() throws Exception {
        Whitelist whitelist = whitelistOf("linux.web1.x1\n");
        assertTrue(whitelist.authorizes(queueLoc("linux.web1.x1")));

        Files.delete(file());
        clock.advance(Duration.ofSeconds(2));

        assertTrue(whitelist.authorizes(queueLoc("linux.web1.x1")));
    }

    @Test
    void authorizesNobodyUntilThereIsAFile() throws Exception {
        Whitelist whitelist = new Whitelist(Optional.of(file()), clock);
        assertFalse(whitelist.authorizes(queueLoc("linux.web1.x1")));

        Files.writeString(file(), "linux.web1.x1\n");
        clock.advance(Duration.ofSeconds(1));

        assertTrue(whitelist.authorizes(queueLoc("linux.web1.x1")));
    }

    @Test
    void withoutAFileEverybodyIsAuthorized() throws Exception {
        assertTrue(new Whitelist(Optional.empty(), clock).authorizes(queueLoc("linux.web1.x1")));
    }

    @Test
    void anExpressionThatIsTakenAwayAuthorizesNobodyAnyMore() throws Exception {
        Whitelist whitelist = whitelistOf("re:linux\\..*\nre:windows\\..*\n");
        QueueLoc agent = queueLoc("linux.web1.example.net.58b3mndjmbb00");
        assertTrue(whitelist.authorizes(agent));
        assertTrue(whitelist.authorizes(agent));

        Files.writeString(file(), "re:windows\\..*\n");
        clock.advance(Duration.ofSeconds(2));

        assertFalse(whitelist.authorizes(agent));
        assertFalse(whitelist.authorizes(agent));
    }
}
