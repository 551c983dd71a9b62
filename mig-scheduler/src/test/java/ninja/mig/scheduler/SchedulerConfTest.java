package ninja.mig.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import org.junit.jupiter.api.Test;

class SchedulerConfTest {
    private static final Path SAMPLE = Path.of("../conf/mig-scheduler.cfg.inc");

    private static final String LEAST = """
            [directories]
                spool = "/var/cache/mig"
            [postgres]
                host = "192.168.0.1"
                dbname = "mig"
                user = "migscheduler"
                password = "xcJyJhLg1cldIp7eXcxv0U-UqV80tMb-"
            [mq]
                host = "relay1.mig.example.net"
                user = "scheduler"
                pass = "secretrabbitmqpassword"
            """;

    private static SchedulerConf read(String text) {
        return SchedulerConf.read(IniFile.parse("scheduler.cfg", text));
    }

    private static List<String> problems(String text) {
        return assertThrows(ConfException.class, () -> read(text)).problems();
    }

    @Test
    void loadsTheSampleFile() {
        SchedulerConf conf = SchedulerConf.load(SAMPLE);

        assertEquals(Duration.ofSeconds(1), conf.collectorFreq());
        assertEquals(Path.of("/var/cache/mig/"), conf.spool());
        assertEquals(Path.of("/var/cache/mig/tmp"), conf.tmp());
        assertEquals(10, conf.postgres().maxConn());
        assertEquals("mig", conf.mq().vhost());
    }

    /** Values of keys that are commented out are the defaults, and every key is there. */
    @Test
    void theSampleFileShowsTheDefaults() throws Exception {
        String sample = Files.readString(SAMPLE);
        Matcher commented = Pattern.compile("(?m)^    ;([a-z]+ = )").matcher(sample);
        String complete = commented.replaceAll("    $1");
        // Needs files that are not there, and is checked where TLS is.
        String withoutTls = complete.replaceAll("(?m)^    port = 5671$", "");

        SchedulerConf all = read(withoutTls);
        SchedulerConf some = read(sample);

        assertEquals(some.agentTimeout(), all.agentTimeout());
        assertEquals(some.logActions(), all.logActions());
        assertEquals(some.maxResult(), all.maxResult());
        assertEquals(some.tmp(), all.tmp());
        assertEquals(some.archive(), all.archive());
        assertEquals(some.postgres(), all.postgres());
        assertEquals(some.mq(), all.mq());
        assertEquals(some.heartbeatPrefetch(), all.heartbeatPrefetch());
        assertEquals(some.resultPrefetch(), all.resultPrefetch());
        assertEquals(some.logging().port(), all.logging().port());
        assertEquals(some.logging().facility(), all.logging().facility());
        assertEquals(some.debugHeartbeats(), all.debugHeartbeats());
    }

    @Test
    void hasDefaultsForAllThatIsNotNeeded() {
        SchedulerConf conf = read(LEAST);

        assertEquals(Duration.ofMinutes(20), conf.agentTimeout());
        assertEquals(Duration.ofMinutes(5), conf.heartbeatFreq());
        assertEquals(Optional.empty(), conf.whitelist());
        assertFalse(conf.detectMultiAgents());
        assertFalse(conf.killDupAgents());
        assertEquals(Duration.ofSeconds(60), conf.collectorFreq());
        assertEquals(Duration.ofSeconds(87), conf.periodicFreq());
        assertEquals(Duration.ofHours(72), conf.deleteAfter());
        assertEquals(Duration.ofHours(24), conf.queuesCleanupFreq());
        assertEquals(10, conf.postgres().maxConn());
        assertEquals(5672, conf.mq().port());
        assertTrue(conf.archive());
        assertEquals(LoggingConf.Mode.STDOUT, conf.logging().mode());
    }

    @Test
    void readsTheSnippetsOfTheDeploymentGuide() {
        SchedulerConf conf = read(LEAST + """
                [postgres]
                    sslmode = "verify-full"
                    maxconn = 10

                [logging]
                ; select a mode between 'stdout', 'file' and 'syslog
                ; for syslog, logs go into local3
                mode\t\t= "syslog"
                level\t\t= "debug"
                host\t\t= "localhost"
                port\t\t= 514
                protocol\t= "udp"

                [mq]
                    port = 5672
                    vhost = "mig"

                [collector]
                    ; frequency at which the collector runs
                    freq = "60s"

                    ; period during which done actions and commands,
                    ; and invalid actions are kept
                    deleteafter = "48h"
                """);

        assertEquals("verify-full", conf.postgres().sslMode());
        assertEquals(LoggingConf.Mode.SYSLOG, conf.logging().mode());
        assertEquals(Duration.ofHours(48), conf.deleteAfter());
        assertEquals("mig", conf.mq().vhost());
    }

    @Test
    void theSectionOfThePeriodicJobsWinsOverThatOfTheCollector() {
        SchedulerConf conf = read(LEAST + "[collector]\ndeleteafter = 1h\n[periodic]\ndeleteafter = 2h\n");

        assertEquals(Duration.ofHours(2), conf.deleteAfter());
    }

    @Test
    void reportsAllProblemsAtOnce() {
        List<String> problems = problems("""
                [agent]
                    timeout = "5m"
                    heartbeatfreq = "5m"
                    whitelist = "agents.txt"
                [collector]
                    freq = "0s"
                    deleteafter = "soon"
                [periodic]
                    freq = -1s
                    queuecleanupfreq = 24h
                [directories]
                    spool = "cache/mig"
                [postgres]
                    host = "127.0.0.1"
                    port = 0
                [mq]
                    port = 70000
                    user = scheduler
                """);

        String all = String.join("\n", problems);
        assertEquals(
                List.of(
                        "[agent] timeout in scheduler.cfg:2 must be at least twice heartbeatfreq, 10m0s",
                        "[agent] whitelist in scheduler.cfg:4 is 'agents.txt', expected an absolute path"),
                problems.subList(0, 2));
        for (String part : List.of(
                "[collector] freq in scheduler.cfg:6 is '0s'",
                "[collector] deleteafter in scheduler.cfg:7 is 'soon'",
                "[periodic] freq in scheduler.cfg:9 is '-1s'",
                "[periodic] queuecleanupfreq in scheduler.cfg:10 is unknown, did you mean 'queuescleanupfreq'",
                "[directories] spool in scheduler.cfg:12 is 'cache/mig', expected an absolute path",
                "[postgres] port in scheduler.cfg:15 is '0'",
                "[mq] port in scheduler.cfg:17 is '70000'",
                "[postgres] dbname",
                "[postgres] user",
                "[postgres] password",
                "[mq] host",
                "[mq] pass")) {
            assertTrue(all.contains(part), () -> part + " is not among\n" + all);
        }
    }

    @Test
    void needsASpool() {
        assertEquals(
                List.of("[directories] spool in scheduler.cfg is missing"),
                problems(LEAST.replace("spool = \"/var/cache/mig\"", "")));
    }

    @Test
    void doesNotPrintPasswords() {
        String printed = read(LEAST).toString();

        assertFalse(printed.contains("xcJyJhLg1cldIp7eXcxv0U-UqV80tMb-"));
        assertFalse(printed.contains("secretrabbitmqpassword"));
    }

    @Test
    void warnsWhenEveryAgentIsAccepted() {
        String warnings = read(LEAST).warnings().stream().collect(Collectors.joining("\n"));

        assertTrue(warnings.contains("EVERY AGENT IS ACCEPTED"));
        assertTrue(warnings.contains("[agent] timeout 20m0s is less than five times heartbeatfreq"));
        assertEquals(
                List.of(),
                read(LEAST + "[agent]\nwhitelist = /etc/mig/list\ntimeout = 30m\n")
                        .warnings());
    }

    @Test
    void showsItsMetricsOnThisMachineOnly() {
        assertEquals(Optional.empty(), read(LEAST).metrics());
        assertEquals(
                9464,
                read(LEAST + "[metrics]\nlisten = 127.0.0.1:9464\n")
                        .metrics()
                        .orElseThrow()
                        .getPort());
        assertEquals(1, problems(LEAST + "[metrics]\nlisten = 0.0.0.0:9464\n").size());
    }

    @Test
    void warnsWhenDuplicatesAreToBeEndedAndNotLookedFor() {
        String warning = "[agent] killdupagents has no effect without detectmultiagents";

        assertTrue(read(LEAST + "[agent]\nkilldupagents = on\n").warnings().contains(warning));
        assertFalse(read(LEAST + "[agent]\nkilldupagents = on\ndetectmultiagents = on\n")
                .warnings()
                .contains(warning));
    }
}
