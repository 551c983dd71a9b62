package ninja.mig.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import ninja.mig.conf.IniFile;
import ninja.mig.database.PostgresConf;
import ninja.mig.database.Schema;
import ninja.mig.json.MalformedJsonException;
import ninja.mig.json.MigJson;
import ninja.mig.platform.testing.FreshDatabase;

/** The API on a free port, as role {@code migapi} in a database of its own, and a client for it. */
record RunningApi(ApiServer server, HttpClient client) implements AutoCloseable {
    private static final String PASSWORD = "api-password";

    /** Makes the tables. */
    static void install(FreshDatabase database) throws SQLException {
        Schema.install(
                new PostgresConf(
                        database.server().host(),
                        database.server().port(),
                        "postgres",
                        database.superuser(),
                        database.superuserPassword(),
                        "disable",
                        1),
                database.name(),
                new Schema.Passwords("admin-password", "scheduler-password", PASSWORD));
    }

    /** Section {@code [postgres]}. */
    static String postgres(FreshDatabase database) {
        return """
                [postgres]
                host = "%s"
                port = %d
                dbname = "%s"
                user = "migapi"
                password = "%s"
                sslmode = "disable"
                maxconn = 4
                """.formatted(database.server().host(), database.server().port(), database.name(), PASSWORD);
    }

    /** @param sections further lines of the configuration, with section headers */
    static RunningApi start(FreshDatabase database, Clock clock, String sections) throws IOException {
        String text = """
                [server]
                ip = "127.0.0.1"
                port = 0
                host = "http://localhost:12345"
                baseroute = "/api/v1"
                """ + postgres(database) + sections;
        ApiServer server = ApiServer.start(ApiConf.read(IniFile.parse("test.cfg", text)), clock);
        return new RunningApi(server, HttpClient.newHttpClient());
    }

    static void asSuperuser(FreshDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row, as text. */
    static String ask(FreshDatabase database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Connection connect(FreshDatabase database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.superuser(), database.superuserPassword());
    }

    /** @param path with query, encoded */
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> postForm(String path, String form) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    static JsonNode collection(HttpResponse<String> response) throws MalformedJsonException {
        return MigJson.tree(response.body()).path("collection");
    }

    static String error(HttpResponse<String> response) throws MalformedJsonException {
        return collection(response).path("error").path("message").asText();
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
