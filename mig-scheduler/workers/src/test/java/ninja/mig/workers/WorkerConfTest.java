package ninja.mig.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import ninja.mig.conf.ConfException;
import ninja.mig.conf.IniFile;
import ninja.mig.log.LoggingConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerConfTest {
    private static final Path SAMPLES = Path.of("../../conf");
    private static final String MQ = """
            [mq]
                host = "relay1.mig.example.net"
                user = "worker"
                pass = "secretrabbitmqpassword"
                vhost = "mig"
            """;
    private static final String MOZDEF = """
            [mozdef]
                host = "mozdef.example.net"
                user = "mig"
                pass = "secretmozdefpassword"
                exchange = "eventtask"
                routingkey = "eventtask"
            """;
    private static final String API = "[api]\nhost = \"https://api.example.net/api/v1/\"\n";

    @TempDir
    Path folder;

    private static IniFile ini(String text) {
        return IniFile.parse("worker.cfg", text);
    }

    private static List<String> problems(Function<IniFile, ?> read, String text) {
        return assertThrows(ConfException.class, () -> read.apply(ini(text))).problems();
    }

    /** Every key that is commented out is known; the files that some of them name are not there. */
    private static String complete(Path sample) throws Exception {
        return Files.readString(sample)
                .replaceAll("(?m)^    ;([a-z]+ = )", "    $1")
                .replaceAll("(?m)^    bin = .*$", "");
    }

    @Test
    void loadsTheSampleOfAgentVerif() throws Exception {
        Path sample = SAMPLES.resolve("mig-worker-agent-verif.cfg.inc");
        AgentVerifConf conf = AgentVerifConf.read(IniFile.load(sample));

        assertEquals("amqp://worker@127.0.0.1:5672/mig", conf.mq().toString());
        assertEquals(LoggingConf.Mode.STDOUT, conf.logging().mode());
        assertEquals(conf.mq(), AgentVerifConf.read(ini(complete(sample))).mq());
    }

    @Test
    void loadsTheSampleOfAgentIntel() throws Exception {
        Path sample = SAMPLES.resolve("mig-worker-agent-intel.cfg.inc");
        AgentIntelConf conf = AgentIntelConf.read(IniFile.load(sample));

        assertEquals(
                "amqp://mig@mozdef.example.net:5672//", conf.mozdef().relay().toString());
        assertEquals("eventtask", conf.mozdef().exchange());
        assertEquals("eventtask", conf.mozdef().routingKey());
        assertEquals(Optional.empty(), conf.vmintgr());
        assertEquals(conf.mozdef(), AgentIntelConf.read(ini(complete(sample))).mozdef());
    }

    @Test
    void loadsTheSampleOfComplianceItem() throws Exception {
        Path sample = SAMPLES.resolve("mig-worker-compliance-item.cfg.inc");
        ComplianceItemConf conf = ComplianceItemConf.read(IniFile.load(sample));

        assertEquals("https://api.mig.example.net/api/v1", conf.api());
        assertEquals(
                conf.mozdef(), ComplianceItemConf.read(ini(complete(sample))).mozdef());
    }

    @Test
    void reportsAllProblemsAtOnce() {
        List<String> problems = problems(ComplianceItemConf::read, """
                [mq]
                    host = h
                    port = 0
                [mozdef]
                    host = h
                    user = u
                    pass = p
                    exchnge = e
                    usetls = on
                [vmintgr]
                    bin = "/nonexistent/vmintgr"
                [api]
                    host = "api.example.net"
                [whitelist]
                    file = "/x"
                """);

        assertEquals(
                List.of(
                        "[mq] port in worker.cfg:3 is '0', expected a number from 1 to 65535",
                        "[mozdef] exchnge in worker.cfg:8 is unknown, did you mean 'exchange'?",
                        "[vmintgr] bin in worker.cfg:11 is '/nonexistent/vmintgr', expected a program that can be run",
                        "[api] host in worker.cfg:13 is 'api.example.net', expected a URL such as"
                                + " https://api.example.net/api/v1",
                        "[whitelist] in worker.cfg:14 is an unknown section",
                        "[mq] user in worker.cfg is missing",
                        "[mq] pass in worker.cfg is missing",
                        "[mozdef] cacertpath in worker.cfg is missing, usetls needs it",
                        "[mozdef] clientcertpath in worker.cfg is missing, usetls needs it",
                        "[mozdef] clientkeypath in worker.cfg is missing, usetls needs it",
                        "[mozdef] exchange in worker.cfg is missing",
                        "[mozdef] routingkey in worker.cfg is missing"),
                problems);
    }

    @Test
    void refusesUrlsThatItemsCannotPointTo() {
        for (String url : List.of("ftp://h/x", "https://", "https://u:p@h/", "http://h/?a=b", "http://h/#a", "::")) {
            assertEquals(
                    1,
                    problems(ComplianceItemConf::read, MQ + MOZDEF + "[api]\nhost = \"" + url + "\"\n")
                            .size(),
                    url);
        }
    }

    @Test
    void cutsTheSlashAtTheEndOfTheApi() {
        assertEquals(
                "https://api.example.net/api/v1",
                ComplianceItemConf.read(ini(MQ + MOZDEF + API)).api());
    }

    @Test
    void agentVerifNeedsNothingButTheRelay() {
        assertEquals("mig", AgentVerifConf.read(ini(MQ)).mq().vhost());
        assertEquals(
                List.of("[mozdef] in worker.cfg:6 is an unknown section"), problems(AgentVerifConf::read, MQ + MOZDEF));
    }

    @Test
    void takesAProgramThatCanBeRun() throws Exception {
        Path program = Files.writeString(folder.resolve("vmintgr"), "#!/bin/sh\n");
        String text = MQ + MOZDEF + "[vmintgr]\nbin = \"" + program + "\"\n";
        assertEquals(1, problems(AgentIntelConf::read, text).size());

        assertTrue(program.toFile().setExecutable(true));

        assertEquals(Optional.of(program), AgentIntelConf.read(ini(text)).vmintgr());
    }

    @Test
    void doesNotPrintPasswords() {
        String printed = ComplianceItemConf.read(ini(MQ + MOZDEF + API)).toString();

        assertFalse(printed.contains("secretrabbitmqpassword"), printed);
        assertFalse(printed.contains("secretmozdefpassword"), printed);
    }
}
