/**
 * A whole platform from one command: {@link ninja.mig.quickstart.Main} starts private servers, the scheduler, the API and
 * one agent as separate processes of the very jars that are deployed, makes an investigator and launches a first
 * investigation. {@code Platform} is what the end-to-end tests start too.
 */
package ninja.mig.quickstart;
