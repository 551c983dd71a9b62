/**
 * The program {@code mig-console}: looks at agents, actions and investigators, one order a line, typed or piped in.
 */
package ninja.mig.console;
