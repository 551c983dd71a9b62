/**
 * How an agent comes to life and stays alive: {@link ninja.mig.agent.service.Start} decides what a fresh process does,
 * {@link ninja.mig.agent.service.Service} tells the init system of the agent, {@link ninja.mig.agent.service.Detached} starts
 * one without an init system, {@link ninja.mig.agent.service.Respawns} counts resurrections.
 */
package ninja.mig.agent.service;
