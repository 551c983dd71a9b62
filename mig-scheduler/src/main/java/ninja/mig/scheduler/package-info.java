/**
 * The scheduler. {@link ninja.mig.scheduler.Scheduler#start} wires it, in the order of the flow:
 *
 * <p>{@code Collector} takes in what operators drop into the spool ({@code DroppedActions}), {@code Launcher} claims actions;
 * {@code NewActions} checks an action, finds its agents and makes commands; {@code CommandSender} publishes them from the
 * outbox {@code command/ready}; {@code Results} and {@code ReturnedCommands} store what agents answer; {@code
 * CalledOffCommands} ends the waiting for the others, of expired and of cancelled actions; {@code ActionLanding} lands an
 * action whose commands have all ended.
 * Beside the flow, {@code Heartbeats} registers the agents that the {@code Whitelist} authorizes, {@code Events} tells
 * workers, {@code Periodic} does upkeep. {@code SchedulerMetrics} counts, {@code Vitals} tells how the scheduler is.
 *
 * <p>The database is the authority and each transition is one statement there, so several schedulers may share database
 * and relay. The files of the {@code Spool} say what this scheduler has in hand: a scheduler that dies at any instant finds
 * it again.
 */
package ninja.mig.scheduler;
