/** The program {@code mig}: one command, one action: sign, launch, follow, print. */
package ninja.mig.console.cmd;
