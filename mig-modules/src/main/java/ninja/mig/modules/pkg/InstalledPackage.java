package ninja.mig.modules.pkg;

/**
 * A package as its manager lists it. All of it is text from the host.
 *
 * @param name of dpkg it may end in {@code :<architecture>}
 * @param version with its epoch, if it has one
 * @param type {@code dpkg} or {@code rpm}
 */
public record InstalledPackage(String name, String version, String type, String arch) {}
