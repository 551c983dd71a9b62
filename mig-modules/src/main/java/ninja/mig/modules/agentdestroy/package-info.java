/**
 * Ends another agent of this host, the last step of an upgrade. {@code Victim} is a process that passed every check that it
 * is an agent of ours; nothing is done to any other.
 */
package ninja.mig.modules.agentdestroy;
