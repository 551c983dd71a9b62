/** A module to copy from: it tells the host's name, its addresses, and the addresses of other names. */
package ninja.mig.modules.example;
