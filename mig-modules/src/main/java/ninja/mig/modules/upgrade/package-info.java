/**
 * Replaces the agent by another version: {@code Download} fetches a file, {@code AgentFolder} puts it beside the old one and
 * turns the link, {@code Successor} starts it so that it outlives module and agent. Each step that fails takes back the
 * earlier ones. The old agent goes on; {@link ninja.mig.modules.agentdestroy} ends it.
 */
package ninja.mig.modules.upgrade;
