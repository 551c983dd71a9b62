/** The program {@code mig-action-generator}: signs an action file, prints it, launches it. */
package ninja.mig.generator;
