package ninja.mig.fleet;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What an agent tells of itself. */
public record SimulatedAgent(String queueLoc, int pid, Instant started) {
    private static final String HEARTBEAT = """
            {"name":"%s","queueloc":"%s","mode":"daemon","version":"20260101+0123abc.bench","pid":%d,\
            "starttime":"%s","destructiontime":"0001-01-01T00:00:00Z","heartbeatts":"%s",\
            "environment":{"init":"systemd","ident":"Debian GNU/Linux 12 (bookworm)","os":"linux","arch":"amd64",\
            "isproxied":false,"addresses":["10.%d.%d.%d/16","fe80::5054:ff:fe12:%x/64"],"publicip":"192.0.2.7"},\
            "tags":{"operator":"IT","team":"bench"}}""";

    /** The agent with this number in a fleet, always the same. */
    static SimulatedAgent numbered(String fleet, int number, Instant started) {
        String uid =
                Long.toString(0x1_0000_0000_0000L + Math.floorMod(fleet.hashCode(), 1 << 20) * 1_000_000L + number, 36);
        String queueLoc =
                "linux.%s-%05d.example.net.%13s".formatted(fleet, number, uid).replace(' ', 'a');
        return new SimulatedAgent(queueLoc, 1000 + number, started.truncatedTo(ChronoUnit.MILLIS));
    }

    public String queue() {
        return "mig.agt." + queueLoc;
    }

    public String name() {
        return queueLoc.substring(queueLoc.indexOf('.') + 1, queueLoc.lastIndexOf('.'));
    }

    /** The heartbeat that it sends at this time by its own clock. */
    public byte[] heartbeat(Instant now) {
        int number = pid - 1000;
        return HEARTBEAT
                .formatted(name(), queueLoc, pid, started, now, number >> 16, number >> 8 & 255, number & 255, number)
                .getBytes(StandardCharsets.UTF_8);
    }
}
