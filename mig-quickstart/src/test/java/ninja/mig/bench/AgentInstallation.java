package ninja.mig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import ninja.mig.pgp.SecretKeyring;
import ninja.mig.quickstart.Distribution;

/** The agent's file as an operator bakes it, for one relay and one investigator, who may run everything. */
final class AgentInstallation {
    /** How an agent is started. */
    enum Way {
        LAUNCHER("launcher"),
        BARE_JAR("java -jar");

        private final String words;

        Way(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private final Path file;

    private AgentInstallation(Path file) {
        this.file = file;
    }

    static AgentInstallation bake(Path directory, String relay, SecretKeyring investigator) throws Exception {
        Files.writeString(directory.resolve("investigator.asc"), investigator.armoredPublic());
        Files.writeString(directory.resolve("acl.json"), """
                {"default": {"minimumweight": 1, "investigators": {"Bench": {"fingerprint": "%s", "weight": 1}}}}
                """.formatted(
                        investigator.onlyFingerprint().hex()));
        Path source = Files.writeString(directory.resolve("builtin.cfg"), """
                [agent]
                modules = file
                relay = "%s"
                isimmortal = on
                heartbeatfreq = "300s"
                moduletimeout = "300s"
                [logging]
                mode = "stdout"
                level = "info"
                [pgp]
                publickey = investigator.asc
                [acl]
                permission = acl.json
                """.formatted(relay));
        Path jar = Distribution.find().jar("mig-agent");
        Path file = Files.copy(jar.resolveSibling("mig-agent"), directory.resolve("mig-agent"));
        run(
                directory.resolve("baking.log"),
                List.of(
                        Distribution.java(),
                        "-cp",
                        jar.toString(),
                        "ninja.mig.agent.BuiltinConfigCompiler",
                        "--into",
                        file.toString(),
                        source.toString()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x------"));
        return new AgentInstallation(file);
    }

    private static void run(Path log, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.onExit().join();
        if (process.exitValue() != 0) {
            throw new IOException("the agent cannot be baked: " + Files.readString(log));
        }
    }

    /**
     * Starts an agent in the foreground; the process is its JVM.
     *
     * @param javaHome of the Java to run it
     * @param runDir what it keeps, its class archive too
     */
    RunningAgent start(Way way, Path javaHome, Path runDir) throws IOException {
        List<String> command = new ArrayList<>();
        if (way == Way.LAUNCHER) {
            command.add(file.toString());
        } else {
            command.add(javaHome.resolve("bin/java").toString());
            command.add("-Dmig.agent.rundir=" + runDir);
            command.add("-jar");
            command.add(file.toString());
        }
        command.add("-f");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        runDir.resolveSibling(runDir.getFileName() + ".log").toFile()));
        builder.environment().put("MIG_JAVA_HOME", javaHome.toString());
        builder.environment().put("MIG_RUNDIR", runDir.toString());
        long started = System.nanoTime();
        return new RunningAgent(builder.start(), runDir, started);
    }
}
