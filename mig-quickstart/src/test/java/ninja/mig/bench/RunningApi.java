package ninja.mig.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import ninja.mig.client.ActionLauncher;
import ninja.mig.client.ApiException;
import ninja.mig.client.MigClient;
import ninja.mig.client.Tokens;
import ninja.mig.database.Database;
import ninja.mig.database.Investigators;
import ninja.mig.database.PostgresConf;
import ninja.mig.json.MigJson;
import ninja.mig.model.Action;
import ninja.mig.model.Operation;
import ninja.mig.pgp.ActionSigner;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.platform.testing.Await;
import ninja.mig.quickstart.Daemon;
import ninja.mig.quickstart.Distribution;

/** The API in a process of its own, and an investigator who uses it. */
final class RunningApi implements AutoCloseable {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration LIFE = Duration.ofHours(1);
    private static final String OPERATION = """
            {"searches": {"s1": {"paths": ["/etc", "/usr/lib"], "names": ["^passwd$"], "contents": ["^root:"],
             "options": {"matchall": true, "returnsha256": true, "maxdepth": 3}}}}""";

    private final Daemon daemon;
    private final MigClient client;
    private final ActionLauncher launcher;

    private RunningApi(Daemon daemon, MigClient client, ActionSigner signer) {
        this.daemon = daemon;
        this.client = client;
        this.launcher = new ActionLauncher(client, signer, CLOCK);
    }

    /** Returns once it answers the investigator. */
    static RunningApi start(Path directory, Path spool, PostgresConf database) throws Exception {
        SecretKeyring keys = SecretKeyring.generateEd25519("Bench <bench@example.net>", CLOCK);
        try (Database connected = Database.open(database, "mig-bench")) {
            new Investigators(connected)
                    .insert(
                            "Bench",
                            keys.onlyFingerprint().hex(),
                            keys.armoredPublic().getBytes(StandardCharsets.US_ASCII),
                            CLOCK.instant());
        }
        int port = freePort();
        Daemon daemon = Daemon.start(
                "API",
                List.of(
                        Distribution.java(),
                        "-Xmx256m",
                        "-jar",
                        Distribution.find().jar("mig-api").toString(),
                        "-c",
                        conf(directory, spool, database, port).toString()),
                directory.resolve("api.log"));
        ActionSigner signer = keys.signer(keys.onlyFingerprint(), new char[0]);
        MigClient client = new MigClient(
                URI.create("http://127.0.0.1:" + port + "/api/v1/"),
                HttpClient.newHttpClient(),
                new Tokens(signer, CLOCK, new SecureRandom()),
                "bench",
                Duration.ofMinutes(1),
                line -> {});
        RunningApi api = new RunningApi(daemon, client, signer);
        Await.closely("the API to answer", Duration.ofMinutes(1), api::answers);
        return api;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path conf(Path directory, Path spool, PostgresConf database, int port) throws IOException {
        return Files.writeString(directory.resolve("api.cfg"), """
                [authentication]
                enabled = on
                tokenduration = "10m"
                [server]
                ip = "127.0.0.1"
                port = %d
                host = "http://127.0.0.1:%d"
                baseroute = "/api/v1"
                [directories]
                spool = "%s"
                [postgres]
                host = "%s"
                port = %d
                dbname = "%s"
                user = "%s"
                password = "%s"
                sslmode = "disable"
                maxconn = %d
                [logging]
                mode = "stdout"
                level = "info"
                """.formatted(
                        port,
                        port,
                        spool,
                        database.host(),
                        database.port(),
                        database.dbName(),
                        database.user(),
                        database.password(),
                        database.maxConn()));
    }

    private boolean answers() throws IOException {
        daemon.requireAlive();
        try {
            client.agentsByTarget("name='nobody'");
            return true;
        } catch (ApiException notYet) {
            return false;
        }
    }

    /** A search for a file, ready to be posted. */
    Action signed(String target) throws Exception {
        Action draft = Action.draft(
                "search for root",
                target,
                Instant.EPOCH,
                Instant.EPOCH,
                List.of(new Operation("file", MigJson.tree(OPERATION))));
        return launcher.sign(draft, CLOCK.instant().minus(ActionLauncher.BACKDATE), LIFE);
    }

    /** @return as the API accepted it, with its id */
    Action post(Action signed) throws ApiException {
        return client.launch(signed);
    }

    @Override
    public void close() throws IOException {
        daemon.close();
    }
}
