/**
 * Module {@code pkg}: which packages are installed, as the host's own package managers say. Other modules read the list,
 * and compare versions, with {@link ninja.mig.modules.pkg.PackageSources} and {@link ninja.mig.modules.pkg.PackageVersion}.
 */
package ninja.mig.modules.pkg;
