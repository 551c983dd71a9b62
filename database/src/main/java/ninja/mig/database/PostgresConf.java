package ninja.mig.database;

import ninja.mig.conf.IniFile;

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

    private static final int MOST_CONN = 10_000;

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

    @Override
    public String toString() {
        return "PostgresConf[" + user + "@" + host + ":" + port + "/" + dbName + ", sslmode=" + sslMode + ", maxconn="
                + maxConn + "]";
    }
}
