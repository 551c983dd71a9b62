/**
 * Module {@code sshkey}: finds SSH keys, private and public, and says what their fingerprints are. Of a private key nothing
 * leaves this package but digests of its public half.
 */
package ninja.mig.modules.sshkey;
