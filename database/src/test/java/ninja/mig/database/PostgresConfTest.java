package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfTest {
    private static PostgresConf conf(String sslMode) {
        return new PostgresConf("db1.example.net", 5433, "mig", "migapi", "p@ss/w?rd#", sslMode, 10);
    }

    private static IniFile ini(String more) {
        return IniFile.parse(
                "scheduler.cfg",
                "[postgres]\nhost = \"192.168.0.1\"\ndbname = mig\nuser = migapi\npassword = \"a;b\"\n" + more);
    }

    @Test
    void readsItsSection() {
        IniFile ini = ini("port = 5433\nsslmode = verify-full\nmaxconn = 100\n");
        PostgresConf conf = PostgresConf.read(ini);
        ini.finish();

        assertEquals(new PostgresConf("192.168.0.1", 5433, "mig", "migapi", "a;b", "verify-full", 100), conf);
    }

    @Test
    void hasDefaults() {
        IniFile ini = ini("");
        PostgresConf conf = PostgresConf.read(ini);
        ini.finish();

        assertEquals(new PostgresConf("192.168.0.1", 5432, "mig", "migapi", "a;b", "require", 10), conf);
    }

    @ParameterizedTest
    @ValueSource(strings = {"port = 0", "port = 65536", "sslmode = perhaps", "maxconn = 0", "maxconn = many"})
    void refusesWrongValues(String line) {
        IniFile ini = ini(line);
        PostgresConf.read(ini);

        assertThrows(ConfException.class, ini::finish);
    }

    @Test
    void verifiesAgainstTheAuthoritiesOfThisMachine() {
        assertEquals(
                "org.postgresql.ssl.DefaultJavaSSLFactory",
                conf("verify-full").dataSource("mig").getSslfactory());
        assertEquals(
                "org.postgresql.ssl.DefaultJavaSSLFactory",
                conf("verify-ca").dataSource("mig").getSslfactory());
        assertEquals(
                "org.postgresql.ssl.LibPQFactory",
                conf("require").dataSource("mig").getSslfactory());
        assertEquals("require", conf("require").dataSource("mig").getSslMode());
    }

    @Test
    void passesAnyPasswordAsItIs() {
        assertEquals("p@ss/w?rd#", conf("disable").dataSource("mig").getPassword());
    }

    @Test
    void hidesThePassword() {
        assertFalse(conf("disable").toString().contains("p@ss"));
    }

    @Test
    void tellsWhenTheDatabaseIsAway() {
        assertTrue(Database.isAway(new SQLException("refused", "08001")));
        assertTrue(Database.isAway(new SQLException("shutting down", "57P01")));
        assertTrue(Database.isAway(new SQLException("full", "53300")));
        assertTrue(Database.isAway(new SQLTransientConnectionException("timed out")));
        assertFalse(Database.isAway(new SQLTransientConnectionException(
                "timed out", new SQLException("password authentication failed", "28P01"))));
        assertFalse(Database.isAway(new SQLException("syntax", "42601")));
        assertFalse(Database.isAway(new SQLException("who knows")));
    }
}
