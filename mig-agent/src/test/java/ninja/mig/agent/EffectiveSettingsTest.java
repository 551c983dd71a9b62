package ninja.mig.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import ninja.mig.json.MigJson;
import ninja.mig.log.Facility;
import ninja.mig.log.LoggingConf;
import ninja.mig.log.Severity;
import org.junit.jupiter.api.Test;

class EffectiveSettingsTest {
    private final Investigation it = new Investigation();

    @Test
    void printsEveryParameterByTheNameOfTheGuide() throws Exception {
        List<String> lines = lines(
                "amqp://agent:s3cret%40x@relay.example.net:5671/mig",
                "https://api.example.net/api/v1/", "", LoggingConf.toStream(Severity.INFO));

        assertEquals(
                List.of(
                        "TAGS : {\"operator\":\"tests\",\"zone\":\"a\\nb\"}",
                        "ISIMMORTAL : true",
                        "MUSTINSTALLSERVICE : false",
                        "DISCOVERPUBLICIP : true",
                        "REFRESHENV : 0s",
                        "DISCOVERAWSMETA : false",
                        "EXTRAPRIVACYMODE : false",
                        "CHECKIN : false",
                        "LOGGINGCONF : mode=stdout level=info",
                        "AMQPBROKER : amqp://agent:********@relay.example.net:5671/mig",
                        "APIURL : https://api.example.net/api/v1/",
                        "SOCKET : 127.0.0.1:51664",
                        "HEARTBEATFREQ : 5m0s",
                        "MODULETIMEOUT : 1m30s",
                        "CACERT : none",
                        "AGENTCERT : none",
                        "AGENTKEY : none",
                        "PROXIES : p1.example.net:3128 bob:********@p2.example.net:80",
                        "AGENTACL : [" + MigJson.text(acl()) + "]",
                        "PUBLICPGPKEYS : " + it.bob.fingerprint() + " (Bob Kelso <bob@example.net>); "
                                + it.sam.fingerprint() + " (Sam Axe <sam@example.net>)",
                        "MODULES : file probe"),
                lines);
    }

    @Test
    void masksEverySecret() throws Exception {
        String text = String.join(
                "\n",
                lines(
                        "amqp://agent:s3cret:more@relay/",
                        "https://me:s3cret@api/?token=s3cret",
                        "-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----\n",
                        LoggingConf.toStream(Severity.INFO)));

        assertFalse(text.contains("s3cret"), text);
        assertFalse(text.contains("PRIVATE KEY"), text);
        assertTrue(text.contains("AMQPBROKER : amqp://agent:********@relay/"), text);
        assertTrue(text.contains("APIURL : https://me:********@api/?********"), text);
        assertTrue(text.contains("AGENTKEY : ********"), text);
        assertTrue(text.contains("AGENTCERT : a text"), text);
    }

    @Test
    void masksALoginThatIsOneWord() throws Exception {
        List<String> lines = lines("amqp://localhost", "http://t0ken@api/", "", LoggingConf.toStream(Severity.INFO));

        assertTrue(lines.contains("APIURL : http://********@api/"), lines::toString);
        assertTrue(lines.contains("AMQPBROKER : amqp://localhost"), lines::toString);
    }

    @Test
    void tellsWhereTheLogGoes() throws Exception {
        LoggingConf file = new LoggingConf(
                LoggingConf.Mode.FILE,
                Severity.DEBUG,
                Optional.of(Path.of("/var/log/mig-agent.log")),
                "localhost",
                514,
                false,
                Facility.LOCAL3,
                1000);
        assertTrue(lines("amqp://localhost", "", "", file)
                .contains("LOGGINGCONF : mode=file level=debug file=/var/log/mig-agent.log maxfilesize=1000"));

        LoggingConf syslog = new LoggingConf(
                LoggingConf.Mode.SYSLOG, Severity.ERROR, Optional.empty(), "log", 601, true, Facility.LOCAL3, 0);
        assertTrue(lines("amqp://localhost", "", "", syslog)
                .contains("LOGGINGCONF : mode=syslog level=error host=log port=601 protocol=tcp facility=local3"));

        LoggingConf local = new LoggingConf(
                LoggingConf.Mode.SYSLOG, Severity.INFO, Optional.empty(), "", 514, false, Facility.DAEMON, 0);
        assertTrue(lines("amqp://localhost", "", "", local)
                .contains("LOGGINGCONF : mode=syslog level=info facility=daemon"));
    }

    private JsonNode acl() throws Exception {
        return MigJson.tree(it.acl());
    }

    private List<String> lines(String relay, String api, String pem, LoggingConf logging) throws Exception {
        AgentSettings settings = new AgentSettings(
                relay,
                api,
                "127.0.0.1:51664",
                Duration.ofSeconds(300),
                Duration.ofSeconds(90),
                true,
                false,
                true,
                false,
                "",
                pem,
                pem,
                logging,
                false,
                Duration.ZERO,
                false,
                Map.of("operator", "tests", "zone", "a\nb"));
        BuiltinConfig builtin = BuiltinConfig.of(
                settings,
                Map.of(),
                new BuiltinConfig.Fixed(
                        "test",
                        List.of("p1.example.net:3128", "http://bob:s3cret@p2.example.net"),
                        it.publicKeys(),
                        List.of(acl()),
                        List.of("file", "probe")));
        return new EffectiveSettings(AgentConf.of(settings, builtin))
                .all().stream().map(EffectiveSettings.Setting::line).toList();
    }
}
