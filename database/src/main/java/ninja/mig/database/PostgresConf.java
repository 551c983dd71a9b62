package ninja.mig.database;

/**
 * Section {@code [postgres]} of a configuration.
 *
 * @param sslMode {@code disable}, {@code require} (encrypted, nobody verified), {@code verify-ca} or {@code verify-full}
 * @param maxConn most connections that this program opens
 */
public record PostgresConf(
        String host, int port, String dbName, String user, String password, String sslMode, int maxConn) {

    public static final int DEFAULT_PORT = 5432;
    public static final int DEFAULT_MAX_CONN = 10;

    @Override
    public String toString() {
        return "PostgresConf[" + user + "@" + host + ":" + port + "/" + dbName + ", sslmode=" + sslMode + ", maxconn="
                + maxConn + "]";
    }
}
