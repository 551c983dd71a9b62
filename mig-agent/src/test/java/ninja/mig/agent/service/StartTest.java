package ninja.mig.agent.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of what a fresh process does. */
class StartTest {
    @ParameterizedTest(name = "{0} {1} [{2}] -> {3}")
    @CsvSource({
        // started by a person
        "linux, systemd, install, INSTALL",
        "linux, systemd, install immortal, INSTALL",
        "linux, systemd, '', DETACH",
        "linux, upstart, install, INSTALL",
        "linux, sysvinit, install, INSTALL",
        "linux, sysvinit-fallback, '', DETACH",
        "darwin, launchd, install, INSTALL",
        "darwin, launchd, '', DETACH",
        "windows, windows, install, INSTALL",
        "windows, windows, '', DETACH",
        // in the foreground, whatever else
        "linux, systemd, foreground install, SERVE",
        "linux, systemd, foreground upgrade install parent immortal, SERVE",
        "linux, systemd, foreground systemd install immortal, SERVE managed",
        "linux, systemd, foreground definition, SERVE managed",
        // by the agent that it replaces, whoever the parent is
        "linux, systemd, upgrade install, INSTALL",
        "linux, systemd, upgrade install systemd, INSTALL",
        "linux, systemd, upgrade install parent, INSTALL",
        "linux, systemd, upgrade, DETACH",
        "linux, systemd, upgrade systemd parent immortal, DETACH",
        // by a service manager
        "linux, systemd, parent install, SERVE managed",
        "linux, systemd, systemd install, SERVE managed",
        "linux, systemd, definition install immortal, SERVE managed watchdog",
        "linux, systemd, parent immortal, SERVE managed watchdog",
        "linux, upstart, parent install immortal, SERVE managed watchdog",
        "linux, sysvinit, definition install, DETACH",
        "linux, sysvinit, definition immortal, DETACH watchdog",
        "linux, sysvinit-fallback, systemd, SERVE managed",
        "darwin, launchd, parent install immortal, SERVE managed",
        "darwin, launchd, definition immortal, SERVE managed",
        "windows, windows, definition install immortal, SERVE managed",
        // by, or as, the first process of a container
        "linux, sysvinit-fallback, parent install immortal, SERVE",
        "linux, sysvinit, parent, SERVE",
    })
    void decides(String os, String init, String words, String expected) {
        Set<String> on = Set.of(words.split(" "));
        Start start = new Start(
                os,
                init,
                on.contains("foreground"),
                on.contains("upgrade"),
                on.contains("definition"),
                on.contains("systemd"),
                on.contains("parent"),
                on.contains("install"),
                on.contains("immortal"));

        Start.Plan plan = start.plan();

        assertEquals(expected, plan.deed() + (plan.managed() ? " managed" : "") + (plan.watchdog() ? " watchdog" : ""));
    }

    @Test
    void recognizesTheEnvironmentOfASystemdService() {
        assertTrue(Start.isSystemd(Map.of("INVOCATION_ID", "x"), 7));
        assertTrue(Start.isSystemd(Map.of("NOTIFY_SOCKET", "x"), 7));
        assertTrue(Start.isSystemd(Map.of("INVOCATION_ID", "x", "SYSTEMD_EXEC_PID", "7"), 7));
        assertFalse(Start.isSystemd(Map.of("PATH", "/bin"), 7));
    }

    @Test
    void isNotTheServiceThatStartedIt() {
        assertFalse(Start.isSystemd(Map.of("INVOCATION_ID", "x", "SYSTEMD_EXEC_PID", "6"), 7));
    }
}
