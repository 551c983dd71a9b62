package ninja.mig.scheduler;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.GoDuration;
import ninja.mig.conf.IniFile;
import ninja.mig.database.PostgresConf;
import ninja.mig.log.LoggingConf;
import ninja.mig.metrics.ListenAddress;
import ninja.mig.relay.RelayConf;

/**
 * What the configuration file says. {@code conf/mig-scheduler.cfg.inc} explains every key.
 *
 * @param agentTimeout age at which a heartbeat counts no more, and idle agents go offline
 * @param heartbeatFreq pause between an agent's heartbeats; it is idle after five
 * @param whitelist empty if every agent is accepted
 * @param logActions one line for each command that is created
 * @param archive whether finished commands are kept as files
 * @param heartbeatPrefetch heartbeats that the relay hands over before they are acknowledged
 * @param resultPrefetch results, likewise
 * @param maxResult bytes of the largest result that is taken
 * @param metrics where metrics and health are shown; empty for nowhere
 * @param debugHeartbeats a debug line for each heartbeat
 */
record SchedulerConf(
        Duration agentTimeout,
        Duration heartbeatFreq,
        Optional<Path> whitelist,
        boolean detectMultiAgents,
        boolean killDupAgents,
        boolean logActions,
        Duration collectorFreq,
        Duration periodicFreq,
        Duration deleteAfter,
        Duration queuesCleanupFreq,
        Path spool,
        Path tmp,
        boolean archive,
        PostgresConf postgres,
        RelayConf mq,
        int heartbeatPrefetch,
        int resultPrefetch,
        int maxResult,
        LoggingConf logging,
        Optional<InetSocketAddress> metrics,
        boolean debugHeartbeats) {

    /** Where the configuration is looked for. */
    static final List<Path> DEFAULT_FILES =
            List.of(Path.of("/etc/mig/scheduler.cfg"), Path.of("/etc/mig/mig-scheduler.cfg"));

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final int MIB = 1024 * 1024;

    /** @throws ConfException with every problem of the file */
    static SchedulerConf load(Path file) {
        return read(IniFile.load(file));
    }

    /** The first default file that exists. */
    static SchedulerConf loadDefault() {
        return read(IniFile.loadFirst(DEFAULT_FILES));
    }

    static SchedulerConf read(IniFile ini) {
        Duration timeout = duration(ini, "agent", "timeout", Duration.ofMinutes(20));
        Duration heartbeatFreq = duration(ini, "agent", "heartbeatfreq", Duration.ofMinutes(5));
        if (timeout.compareTo(heartbeatFreq.multipliedBy(2)) < 0) {
            ini.problem(
                    "agent",
                    "timeout",
                    "must be at least twice heartbeatfreq, " + GoDuration.format(heartbeatFreq.multipliedBy(2)));
        }
        Path spool = ini.absolutePath("directories", "spool").orElseGet(() -> {
            ini.missing("directories", "spool");
            return Path.of("/");
        });
        SchedulerConf conf = new SchedulerConf(
                timeout,
                heartbeatFreq,
                ini.absolutePath("agent", "whitelist"),
                ini.bool("agent", "detectmultiagents", false),
                ini.bool("agent", "killdupagents", false),
                ini.bool("agent", "logactions", false),
                duration(ini, "collector", "freq", Duration.ofSeconds(60)),
                duration(ini, "periodic", "freq", Duration.ofSeconds(87)),
                deleteAfter(ini),
                duration(ini, "periodic", "queuescleanupfreq", Duration.ofHours(24)),
                spool,
                ini.absolutePath("directories", "tmp").orElse(spool.resolve("tmp")),
                ini.bool("directories", "archive", true),
                PostgresConf.read(ini),
                RelayConf.read(ini),
                ini.integer("mq", "heartbeatprefetch", 2000, 1, 10_000),
                ini.integer("mq", "resultprefetch", 200, 1, 10_000),
                ini.integer("collector", "maxresult", 64 * MIB, 1024, 1024 * MIB),
                LoggingConf.read(ini),
                ListenAddress.read(ini),
                ini.bool("debug", "heartbeats", false));
        ini.finish();
        return conf;
    }

    /** The deployment guide has it in the section of the collector, the original in that of the periodic jobs. */
    private static Duration deleteAfter(IniFile ini) {
        Duration collector = duration(ini, "collector", "deleteafter", Duration.ofHours(72));
        return duration(ini, "periodic", "deleteafter", collector);
    }

    private static Duration duration(IniFile ini, String section, String key, Duration defaultValue) {
        return ini.duration(section, key, defaultValue, SHORTEST, LONGEST);
    }

    /** What is allowed and probably not meant. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (whitelist.isEmpty()) {
            warnings.add("NO WHITELIST IS CONFIGURED ([agent] whitelist): EVERY AGENT IS ACCEPTED");
        }
        if (agentTimeout.compareTo(heartbeatFreq.multipliedBy(5)) < 0) {
            warnings.add("[agent] timeout " + GoDuration.format(agentTimeout)
                    + " is less than five times heartbeatfreq, after which an agent is idle: an agent goes offline as"
                    + " soon as it is idle");
        }
        if (killDupAgents && !detectMultiAgents) {
            warnings.add("[agent] killdupagents has no effect without detectmultiagents");
        }
        return warnings;
    }
}
