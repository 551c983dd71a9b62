package ninja.mig.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** Has cron look after the agent: one that does not answer on its stat socket is started. */
public final class Watchdog {
    private static final String FOLDER = "/etc/cron.d";
    private static final String FILE = FOLDER + "/mig-agent";

    private final HostFiles host;

    /** Nothing is done yet. */
    public Watchdog(HostFiles host) {
        this.host = host;
    }

    /** @return false if this host has no such cron, and nothing was done */
    public boolean write(ServiceCommand command) throws IOException {
        if (!Files.isDirectory(host.at(FOLDER))) {
            return false;
        }
        String ask = command.program() + " -q=pid"
                + command.configFile().map(file -> " -c " + file).orElse("");
        host.write(
                FILE,
                Template.fill(
                        "cron",
                        Map.of(
                                "ASK", ask,
                                "START", String.join(" ", command.revival()),
                                "ENVIRONMENT", command.environment("%s=%s"))),
                "rw-r--r--");
        return true;
    }

    /** Does no harm where there is none. */
    public void remove() throws IOException {
        host.delete(FILE);
    }
}
