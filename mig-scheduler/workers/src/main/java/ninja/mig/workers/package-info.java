/**
 * The workers: programs beside the scheduler that do something about its events. {@link ninja.mig.workers.Worker#start}
 * wires one, whose events {@link ninja.mig.workers.Events} takes from its queue and acknowledges when they are dealt with.
 *
 * <p>Three of them: {@code agent_verif} shows agents that the whitelist refused, and adds those to it that an operator
 * confirms ({@code PayloadPrinter}, {@code AgentVerification}); {@code agent_intel} tells MozDef of new endpoints ({@code
 * AssetHints}); {@code compliance_item} tells it which endpoints comply with which rules ({@code ComplianceItems}).
 *
 * <p>They are a program of their own since they need neither the database nor its password, and speak to systems that the
 * scheduler has no business with; one program, since they differ in one method each.
 */
package ninja.mig.workers;
