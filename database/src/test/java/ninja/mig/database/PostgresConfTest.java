package ninja.mig.database;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import org.junit.jupiter.api.Test;

class PostgresConfTest {
    @Test
    void readsTheSampleOfTheDeploymentGuide() {
        IniFile ini = IniFile.parse("scheduler.cfg", """
                [postgres]
                    host = "192.168.0.1"
                    port = 5432
                    dbname = "mig"
                    user = "migapi"
                    password = "xcJyJhLg1cldIp7eXcxv0U-UqV80tMb-"
                    sslmode = "verify-full"
                """);

        PostgresConf conf = PostgresConf.read(ini);
        ini.finish();

        assertEquals(
                new PostgresConf(
                        "192.168.0.1", 5432, "mig", "migapi", "xcJyJhLg1cldIp7eXcxv0U-UqV80tMb-", "verify-full", 10),
                conf);
        assertFalse(conf.toString().contains(conf.password()));
    }

    @Test
    void namesEveryProblem() {
        IniFile ini = IniFile.parse("scheduler.cfg", """
                [postgres]
                    port = 65536
                    user = mig
                    password = ""
                    sslmode = prefer
                    maxconn = 0
                """);
        PostgresConf.read(ini);

        List<String> problems = assertThrows(ConfException.class, ini::finish).problems();

        assertEquals(
                List.of(
                        "[postgres] port in scheduler.cfg:2 is '65536', expected a number from 1 to 65535",
                        "[postgres] password in scheduler.cfg:4 is missing",
                        "[postgres] sslmode in scheduler.cfg:5 is 'prefer', expected one of disable, require,"
                                + " verify-ca, verify-full",
                        "[postgres] maxconn in scheduler.cfg:6 is '0', expected a number from 1 to 10000",
                        "[postgres] host in scheduler.cfg is missing",
                        "[postgres] dbname in scheduler.cfg is missing"),
                problems);
    }
}
