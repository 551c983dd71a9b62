/**
 * An investigator's side of the API: configuration, signing keys, calls, following an action, printing what agents found.
 * The command line programs are thin around it.
 */
package ninja.mig.client;
