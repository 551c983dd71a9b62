package ninja.mig.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The expressions of the deployment guide's {@code rabbitmqctl set_permissions}, character for character. */
class BrokerUserTest {
    @Test
    void schedulerHasTheGuidesPermissions() {
        assertPermissions(BrokerUser.SCHEDULER, """
                ^mig(|(event|\\.agt)(|\\..*))$
                ^mig(|event(|\\..*)|\\.(agt\\.(heartbeats|results)))$
                ^mig(|event(|\\..*)|\\.(agt\\.(heartbeats|results)))$
                """);
    }

    @Test
    void agentHasTheGuidesPermissions() {
        assertPermissions(BrokerUser.AGENT, """
                ^mig\\.agt\\.(linux|windows|darwin)\\..*$
                ^mig(|\\.agt\\.(linux|windows|darwin)\\..*)$
                ^mig(|\\.agt\\.(linux|windows|darwin)\\..*)$
                """);
    }

    @Test
    void apiAndWorkerHaveTheGuidesPermissions() {
        String guide = """
                ^migevent\\..*$
                ^migevent(|\\..*)$
                ^migevent(|\\..*)$
                """;
        assertPermissions(BrokerUser.API, guide);
        assertPermissions(BrokerUser.WORKER, guide);
    }

    @Test
    void onlyTheAdministratorHasATag() {
        assertEquals("administrator", BrokerUser.ADMIN.tags());
        assertEquals("", BrokerUser.AGENT.tags());
    }

    @Test
    void everyUserGetsAnotherPassword() {
        Map<BrokerUser, String> passwords = BrokerUser.randomPasswords();

        Set<String> different = new TreeSet<>(passwords.values());
        assertEquals(5, different.size());
        different.forEach(password -> assertEquals(32, password.length()));
    }

    private static void assertPermissions(BrokerUser user, String guide) {
        assertEquals(guide, user.configure() + "\n" + user.write() + "\n" + user.read() + "\n");
    }
}
