/**
 * The servers that MIG needs and does not contain: private instances of PostgreSQL and of an AMQP broker, on loopback and
 * random ports, in a directory of the caller's, without root, gone when they are closed. {@link ninja.mig.platform.Servers}
 * chooses between the machine's own programs and embedded ones. The quickstart starts its platform with them; the tests
 * of all modules ask for them through {@link ninja.mig.platform.testing.MigServices}.
 */
package ninja.mig.platform;
