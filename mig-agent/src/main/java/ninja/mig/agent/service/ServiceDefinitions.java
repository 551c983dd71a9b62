package ninja.mig.agent.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import ninja.mig.agent.service.ServiceDefinition.Link;
import ninja.mig.agent.service.ServiceDefinition.TextFile;

/** The service of the agent, for each init system. */
final class ServiceDefinitions {
    private static final String FILE_MODE = "rw-r--r--";

    private final ServiceCommand command;
    private final int processors;
    private final boolean upgrade;

    /**
     * @param processors of this host, of which the agent with its modules gets half
     * @param upgrade the agent that installs was started by the one that it replaces, inside the old service: stopping that
     *     would stop both, so the init system is asked to do it all in one
     */
    ServiceDefinitions(ServiceCommand command, int processors, boolean upgrade) {
        this.command = command;
        this.processors = processors;
        this.upgrade = upgrade;
    }

    ServiceDefinition of(String os, String init) {
        switch (os) {
            case "darwin":
                return launchd();
            case "windows":
                return windows();
            default:
                break;
        }
        switch (init) {
            case "systemd":
                return systemd();
            case "upstart":
                return upstart();
            default:
                return systemV();
        }
    }

    private ServiceDefinition systemd() {
        String text = Template.fill(
                "systemd.service",
                Map.of(
                        "PROGRAM", command.program(),
                        "COMMAND", line(),
                        "ENVIRONMENT", command.environment("Environment=%s=%s"),
                        "CPUQUOTA", Integer.toString(Math.max(1, processors / 2) * 100)));
        String unit = "mig-agent.service";
        return new ServiceDefinition(
                "systemctl",
                List.of(new TextFile("/etc/systemd/system/" + unit, text, FILE_MODE)),
                List.of(),
                List.of(Step.may("systemctl", "disable", unit), Step.may("systemctl", "stop", unit)),
                List.of(Step.may("systemctl", "daemon-reload")),
                List.of(
                        Step.must("systemctl", "daemon-reload"),
                        Step.must("systemctl", "enable", unit),
                        upgrade
                                ? Step.must("systemctl", "--no-block", "restart", unit)
                                : Step.must("systemctl", "restart", unit)),
                List.of(Step.must("systemctl", "--no-block", "stop", unit)));
    }

    private ServiceDefinition upstart() {
        String text = Template.fill(
                "upstart.conf",
                Map.of(
                        "PROGRAM", command.program(),
                        "COMMAND", line(),
                        "ENVIRONMENT", command.environment("env %s=%s")));
        return new ServiceDefinition(
                "initctl",
                List.of(new TextFile("/etc/init/mig-agent.conf", text, FILE_MODE)),
                List.of(),
                List.of(Step.may("initctl", "stop", "mig-agent")),
                List.of(Step.may("initctl", "reload-configuration")),
                List.of(
                        Step.must("initctl", "reload-configuration"),
                        Step.must("initctl", "restart", "mig-agent").or("initctl", "start", "mig-agent")),
                List.of(Step.must("initctl", "stop", "--no-wait", "mig-agent")));
    }

    private ServiceDefinition systemV() {
        String text = Template.fill(
                "sysv.sh",
                Map.of(
                        "PROGRAM", command.program(),
                        "COMMAND", line(),
                        "ENVIRONMENT", command.environment("export %s=%s"),
                        "PIDFILE", Detached.PID_FILE,
                        "PROC", "/proc"));
        List<Link> links = new ArrayList<>();
        for (int level = 0; level <= 6; level++) {
            String name = level >= 2 && level <= 5 ? "S50mig-agent" : "K02mig-agent";
            links.add(new Link("/etc/rc" + level + ".d/" + name, "../init.d/mig-agent"));
        }
        return new ServiceDefinition(
                "service",
                List.of(new TextFile("/etc/init.d/mig-agent", text, "rwxr-xr-x")),
                links,
                List.of(Step.may("service", "mig-agent", "stop")),
                List.of(),
                List.of(Step.must("service", "mig-agent", "restart")),
                List.of());
    }

    private ServiceDefinition launchd() {
        String file = "/Library/LaunchDaemons/mig-agent.plist";
        String arguments = command.service().stream()
                .map(argument -> "        <string>" + xml(argument) + "</string>")
                .collect(Collectors.joining("\n"));
        String text = Template.fill(
                "launchd.plist",
                Map.of(
                        "ARGUMENTS",
                        arguments,
                        "ENVIRONMENT",
                        command.environment("        <key>%s</key>\n        <string>%s</string>")));
        List<Step> replace = List.of(Step.may("launchctl", "unload", file), Step.must("launchctl", "load", "-w", file));
        List<Step> restart = List.of(
                Step.must("launchctl", "kickstart", "-k", "system/mig-agent").or("launchctl", "load", "-w", file));
        return new ServiceDefinition(
                "launchctl",
                List.of(new TextFile(file, text, FILE_MODE)),
                List.of(),
                List.of(Step.may("launchctl", "unload", file)),
                List.of(),
                upgrade ? restart : replace,
                List.of(Step.must("launchctl", "unload", file)));
    }

    /** Java cannot speak to the service manager of Windows; WinSW, which the installer puts beside the agent, can. */
    private ServiceDefinition windows() {
        String folder = "C:\\Program Files\\mig\\";
        String wrapper = folder + "mig-agent-service.exe";
        List<String> jar = command.service();
        String runDir = command.runDir()
                .map(given -> " \"-Dmig.agent.rundir=" + given + '"')
                .orElse("");
        String arguments = String.join(" ", AgentJvm.FLAGS) + runDir + " -jar "
                + jar.stream().map(argument -> '"' + argument + '"').collect(Collectors.joining(" "));
        String text =
                Template.fill("winsw.xml", Map.of("JAVA", xml(command.java().toString()), "ARGUMENTS", xml(arguments)));
        List<Step> replace = List.of(
                Step.may(wrapper, "stop"),
                Step.may(wrapper, "uninstall"),
                Step.must(wrapper, "install"),
                Step.must(wrapper, "start"));
        List<Step> restart = List.of(Step.may(wrapper, "install"), Step.must(wrapper, "restart!"));
        return new ServiceDefinition(
                wrapper,
                List.of(new TextFile(folder + "mig-agent-service.xml", text, FILE_MODE)),
                List.of(),
                List.of(Step.may(wrapper, "stop"), Step.may(wrapper, "uninstall")),
                List.of(),
                upgrade ? restart : replace,
                List.of(Step.must(wrapper, "stop")));
    }

    private String line() {
        return String.join(" ", command.service());
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
