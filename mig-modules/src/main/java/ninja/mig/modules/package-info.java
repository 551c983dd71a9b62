/**
 * What an agent can be asked to do. A module is one {@link ninja.mig.modules.Module}: its parameters, its run, its command
 * line and its printed lines, together. Agents run modules, each in a process of its own; clients use the rest.
 */
package ninja.mig.modules;
