package ninja.mig.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import ninja.mig.conf.IniFile;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Targets;
import ninja.mig.log.LoggingConf;
import ninja.mig.model.Action;

/**
 * The configuration of the API.
 *
 * @param spool the scheduler's spool, if it is on this machine: new actions are dropped there too
 * @param tmp where files for the spool are begun: a folder of the same file system
 * @param maxMind location of a GeoIP database
 */
record ApiConf(
        Authentication authentication,
        Server server,
        Limits limits,
        PostgresConf postgres,
        Optional<Path> spool,
        Optional<Path> tmp,
        Optional<Path> maxMind,
        LoggingConf logging) {

    /** Where the program looks when no file is named. */
    static final List<Path> DEFAULT_FILES = List.of(Path.of("/etc/mig/api.cfg"), Path.of("/etc/mig/mig-api.cfg"));

    private static final Pattern HOST = Pattern.compile("https?://[A-Za-z0-9.\\[\\]:_-]+");
    private static final Pattern BASE_ROUTE = Pattern.compile("(/[A-Za-z0-9._~-]+)*");
    private static final int KB = 1024;
    private static final int MB = 1024 * KB;

    /**
     * Who may call.
     *
     * @param enabled requests need a token
     * @param isOpen requests need none, whoever sends them from wherever: to be warned of again and again
     * @param tokenDuration how far the time in a token may be from now, each way
     * @param replayCache a token opens one route once; otherwise only routes that change what is under way insist on that
     */
    record Authentication(boolean enabled, boolean isOpen, Duration tokenDuration, boolean replayCache) {}

    /**
     * Where the API listens, and what it calls itself.
     *
     * @param ip empty for all addresses
     * @param port 0 for any free one
     * @param host scheme, name and port that clients use; begins every address in an answer
     * @param baseRoute path that begins all routes: empty, or with a slash in front and none behind
     */
    record Server(String ip, int port, String host, String baseRoute, ClientAddress clientPublicIp) {}

    /**
     * What one client may ask for.
     *
     * @param maxAction largest body with an action, in bytes
     * @param maxKey largest body with a public key, in bytes
     * @param maxHeader largest request line with headers, in bytes
     * @param maxResults most rows of one page
     * @param maxValidity longest time between validfrom and expireafter of an action; zero for any
     * @param targetTimeout time for finding the agents of a target
     * @param maxTargets most agents of a target
     * @param requestTimeout time for sending a request, and for an idle connection
     * @param authFailures refused tokens per minute and client address before the client must wait
     */
    record Limits(
            int maxAction,
            int maxKey,
            int maxHeader,
            int maxResults,
            int maxOperations,
            Duration maxValidity,
            Duration targetTimeout,
            int maxTargets,
            Duration requestTimeout,
            int authFailures) {}

    /** @throws ninja.mig.conf.ConfException with every problem of the file */
    static ApiConf read(IniFile ini) {
        Server server = server(ini);
        Optional<Path> spool = ini.absolutePath("directories", "spool");
        Optional<Path> tmp = ini.absolutePath("directories", "tmp");
        ApiConf conf = new ApiConf(
                authentication(ini, server.ip()),
                server,
                limits(ini),
                PostgresConf.read(ini),
                spool,
                tmp.or(() -> spool.map(s -> s.resolve("tmp"))),
                ini.absolutePath("maxmind", "path"),
                LoggingConf.read(ini));
        ini.finish();
        return conf;
    }

    private static Authentication authentication(IniFile ini, String ip) {
        boolean loopback = isLoopback(ini, ip);
        boolean enabled = ini.bool("authentication", "enabled", !loopback);
        boolean insecureAllowed = ini.bool("server", "allowinsecure", false);
        Duration window = ini.duration(
                "authentication", "tokenduration", Duration.ofMinutes(10), Duration.ofSeconds(1), Duration.ofHours(24));
        boolean open = !enabled && !loopback;
        if (open && !insecureAllowed) {
            ini.problem(
                    "authentication",
                    "enabled",
                    "must not be off while [server] ip is " + (ip.isEmpty() ? "every address" : "'" + ip + "'")
                            + ": turn it on, listen on 127.0.0.1, or set [server] allowinsecure = on");
        }
        return new Authentication(enabled, open, window, ini.bool("authentication", "replaycache", false));
    }

    private static boolean isLoopback(IniFile ini, String ip) {
        if (ip.isEmpty()) {
            return false;
        }
        try {
            return InetAddress.getByName(ip).isLoopbackAddress();
        } catch (UnknownHostException e) {
            ini.problem("server", "ip", "is '" + ip + "', expected an address of this machine");
            return true; // one problem is enough
        }
    }

    private static Server server(IniFile ini) {
        String host = ini.string("server", "host", "");
        if (!host.isEmpty() && !HOST.matcher(host).matches()) {
            ini.problem(
                    "server", "host", "is '" + host + "', expected scheme, name and port like http://localhost:12345");
        }
        String base = ini.string("server", "baseroute", "");
        if (!BASE_ROUTE.matcher(base).matches()) {
            ini.problem(
                    "server",
                    "baseroute",
                    "is '" + base + "', expected a path like /api/v1, without a slash at its end");
        }
        for (String key : List.of("tlscert", "tlskey", "clientcacert")) {
            if (ini.has("server", key)) {
                ini.problem("server", key, "is not supported: end TLS at a reverse proxy in front of the API");
            }
        }
        return new Server(
                ini.string("server", "ip", ""), ini.integer("server", "port", 0, 65535), host, base, address(ini));
    }

    private static ClientAddress address(IniFile ini) {
        String text = ini.string("server", "clientpublicip", "peer");
        return ClientAddress.parse(text).orElseGet(() -> {
            ini.problem(
                    "server",
                    "clientpublicip",
                    "is '" + text + "', expected peer, or x-forwarded-for:<n> with n from 0 to 9");
            return ClientAddress.PEER;
        });
    }

    private static Limits limits(IniFile ini) {
        return new Limits(
                ini.integer("limits", "maxaction", 5 * MB, KB, 64 * MB),
                ini.integer("limits", "maxkey", 64 * KB, KB, MB),
                ini.integer("limits", "maxheader", 16 * KB, 4 * KB, MB),
                ini.integer("limits", "maxresults", 10_000, 1, 1_000_000),
                ini.integer("limits", "maxoperations", Action.MAX_OPERATIONS, 1, Action.MAX_OPERATIONS),
                ini.duration("limits", "maxvalidity", Duration.ZERO, Duration.ZERO, Duration.ofHours(1_000_000)),
                ini.duration(
                        "limits",
                        "targettimeout",
                        Targets.DEFAULT_TIMEOUT,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)),
                ini.integer("limits", "maxtargets", Targets.DEFAULT_MAX_AGENTS, 1, 10_000_000),
                ini.duration(
                        "limits", "requesttimeout", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofHours(1)),
                ini.integer("limits", "authfailures", 30, 1, 1_000_000));
    }

    ApiConf withLogging(LoggingConf newLogging) {
        return new ApiConf(authentication, server, limits, postgres, spool, tmp, maxMind, newLogging);
    }
}
