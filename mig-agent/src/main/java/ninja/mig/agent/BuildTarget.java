package ninja.mig.agent;

import java.util.Set;
import ninja.mig.conf.ConfException;

/** The system that an agent is built for, by the names that Go has for systems and processors. */
record BuildTarget(String os, String arch) {
    private static final Set<String> SYSTEMS = Set.of("linux", "darwin", "windows");
    private static final Set<String> PROCESSORS = Set.of("amd64", "386", "arm64");

    /**
     * What {@code -DOS} and {@code -DARCH} say.
     *
     * @param os empty for the system that builds; so is {@code arch}
     * @throws ConfException if one of them is not known
     */
    static BuildTarget of(String os, String arch) {
        if (!(os.isEmpty() || SYSTEMS.contains(os)) || !(arch.isEmpty() || PROCESSORS.contains(arch))) {
            throw new ConfException("OS is '" + os + "', ARCH '" + arch
                    + "': expected linux, darwin or windows, and amd64, 386 or arm64");
        }
        return new BuildTarget(
                os.isEmpty() ? folder(EnvironmentProbe.os()) : os,
                arch.isEmpty() ? folder(EnvironmentProbe.arch(System.getProperty("os.arch"))) : arch);
    }

    /** Some systems have names that cannot be folders. */
    private static String folder(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "");
    }
}
