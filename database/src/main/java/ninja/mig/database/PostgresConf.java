package ninja.mig.database;

import ninja.mig.conf.IniFile;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Section {@code [postgres]} of a configuration.
 *
 * @param sslMode {@code disable}, {@code require} (encrypted, nobody verified), {@code verify-ca} or {@code verify-full};
 *     the last two trust the authorities that this machine's Java trusts
 * @param maxConn size of the pool; {@link Targets} and {@link Notifications} keep a few connections besides
 */
public record PostgresConf(
        String host, int port, String dbName, String user, String password, String sslMode, int maxConn) {

    public static final int DEFAULT_PORT = 5432;
    public static final int DEFAULT_MAX_CONN = 10;

    private static final int MOST_CONN = 10_000;
    private static final int CONNECT_TIMEOUT_SECONDS = 10;

    /**
     * Reads section {@code [postgres]}: {@code host}, {@code port}, {@code dbname}, {@code user}, {@code password},
     * {@code sslmode} ({@code require} if it is left out), {@code maxconn}. Problems are left to the file.
     */
    public static PostgresConf read(IniFile ini) {
        return new PostgresConf(
                ini.string("postgres", "host"),
                ini.integer("postgres", "port", DEFAULT_PORT, 1, 65535),
                ini.string("postgres", "dbname"),
                ini.string("postgres", "user"),
                ini.string("postgres", "password"),
                ini.word("postgres", "sslmode", "require", "disable", "require", "verify-ca", "verify-full"),
                ini.integer("postgres", "maxconn", DEFAULT_MAX_CONN, 1, MOST_CONN));
    }

    PostgresConf withDbName(String name) {
        return new PostgresConf(host, port, name, user, password, sslMode, maxConn);
    }

    PostgresConf withMaxConn(int connections) {
        return new PostgresConf(host, port, dbName, user, password, sslMode, connections);
    }

    /** Makes single connections. */
    PGSimpleDataSource dataSource(String applicationName) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {host});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(dbName);
        source.setUser(user);
        source.setPassword(password);
        source.setSslMode(sslMode);
        if (sslMode.startsWith("verify")) {
            // The driver's own factory looks for ~/.postgresql/root.crt only.
            source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        source.setApplicationName(applicationName);
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setLoginTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setTcpKeepAlive(true);
        source.setLogServerErrorDetail(false);
        return source;
    }

    @Override
    public String toString() {
        return "PostgresConf[" + user + "@" + host + ":" + port + "/" + dbName + ", sslmode=" + sslMode + ", maxconn="
                + maxConn + "]";
    }
}
