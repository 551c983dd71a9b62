package ninja.mig.agent.service;

import java.util.Map;

/**
 * What the first decision of an agent's process depends on.
 *
 * @param os {@code linux}, {@code darwin} or {@code windows}
 * @param init the init system, by the names that heartbeats have for it
 * @param foreground flag {@code -f}: no service logic at all
 * @param upgrade flag {@code -u}: another agent started this one to take its place
 * @param byDefinition flag {@code --service}, which our service definitions pass
 * @param bySystemd systemd says in the environment that it started this process
 * @param parentIsInit the parent is process 1, or this is process 1 itself
 */
public record Start(
        String os,
        String init,
        boolean foreground,
        boolean upgrade,
        boolean byDefinition,
        boolean bySystemd,
        boolean parentIsInit,
        boolean installService,
        boolean immortal) {

    /** What this process does. */
    public enum Deed {
        /** It is the agent. */
        SERVE,
        /** It installs and starts the service, and ends. */
        INSTALL,
        /** It starts an agent in the background, and ends. */
        DETACH
    }

    /**
     * What to do, and under whose care.
     *
     * @param managed a service manager starts the agent again when it ends, so the agent itself does not
     * @param watchdog cron is to look after the agent too
     */
    public record Plan(Deed deed, boolean managed, boolean watchdog) {}

    /**
     * Whether the environment is one that systemd made for this process. Services hand theirs on to what they start; since
     * its version 248 systemd names the process that it means.
     *
     * @param self the number of this process
     */
    public static boolean isSystemd(Map<String, String> environment, long self) {
        String meant = environment.get("SYSTEMD_EXEC_PID");
        return meant == null
                ? environment.containsKey("INVOCATION_ID") || environment.containsKey("NOTIFY_SOCKET")
                : meant.equals(Long.toString(self));
    }

    /** Whether this is, or makes, the agent that a service manager looks after: the one whose files on the host count. */
    public boolean isService() {
        return !foreground && !upgrade && isManaged();
    }

    /** The decision. */
    public Plan plan() {
        if (foreground) {
            return new Plan(Deed.SERVE, byDefinition || bySystemd, false);
        }
        if (upgrade) {
            return new Plan(installService ? Deed.INSTALL : Deed.DETACH, false, false);
        }
        if (isService()) {
            return new Plan(detaches() ? Deed.DETACH : Deed.SERVE, !detaches(), immortal && os.equals("linux"));
        }
        // Process 1 of a container starts programs and does not look after them.
        if (parentIsInit) {
            return new Plan(Deed.SERVE, false, false);
        }
        return new Plan(installService ? Deed.INSTALL : Deed.DETACH, false, false);
    }

    private boolean isManaged() {
        boolean init1 = os.equals("darwin") || init.equals("systemd") || init.equals("upstart");
        return byDefinition || bySystemd || parentIsInit && init1;
    }

    /** A System V script expects its program to go into the background. */
    private boolean detaches() {
        return os.equals("linux") && init.startsWith("sysvinit") && !bySystemd;
    }
}
