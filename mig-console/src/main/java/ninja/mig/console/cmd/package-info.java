/** The program {@code mig}: one command, one action: sign, launch, follow, print; or cancel one. */
package ninja.mig.console.cmd;
