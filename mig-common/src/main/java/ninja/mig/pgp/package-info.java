/**
 * Who signed: strict verification of detached OpenPGP signatures, keys, signing, and the token of the API. Verification
 * names the signer or throws; there is no third outcome.
 */
package ninja.mig.pgp;
