/** The endpoint's clock, and how far it is from network time: an NTP client that believes little. */
package ninja.mig.modules.timedrift;
