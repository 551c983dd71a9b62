/** The program {@code mig-action-verifier}: checks the signatures of an action, without any server. */
package ninja.mig.verifier;
