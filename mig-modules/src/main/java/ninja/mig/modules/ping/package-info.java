/** Whether a host can be reached from the endpoint: by ICMP with the system's own program, by TCP, by UDP. */
package ninja.mig.modules.ping;
