/**
 * The documents of MIG: what an investigator asks, what an agent answers, who they are. Plain values, used by every
 * program; {@link ninja.mig.json.MigJson} reads and writes them.
 */
package ninja.mig.model;
