package ninja.mig.agent.service;

import java.util.List;

/** The JVM of an agent, as measurements chose it; the launcher has the same flags. */
public final class AgentJvm {
    /** Little memory. The optimizing compiler is for modules, whose processes have flags of their own. */
    public static final List<String> FLAGS =
            List.of("-XX:+UseSerialGC", "-Xss256k", "-Xms8m", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

    /** Remarks of the JVM go to standard output otherwise, which belongs to the results of modules. */
    public static final List<String> QUIET = List.of("-Xlog:disable", "-Xlog:all=error:stderr");

    private AgentJvm() {}
}
