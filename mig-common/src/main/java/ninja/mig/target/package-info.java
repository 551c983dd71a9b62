/**
 * Which SQL conditions may select agents. A target is written by an investigator and signed; it is run by the database as
 * a role that may only read. This check keeps everything out that is more than a condition, before it gets there.
 */
package ninja.mig.target;
