/**
 * The relay: an AMQP broker between scheduler and agents. {@link ninja.mig.relay.Topology} has every name on it. The
 * scheduler and the workers use {@link ninja.mig.relay.Relay}, which comes back by itself; the agent uses
 * {@link ninja.mig.relay.RelayConnection}, since it tries proxies in an order of its own.
 *
 * <p>What is used here works on RabbitMQ and on Qpid Broker-J: no queue arguments, no negative acknowledgements, and a
 * channel that fails ends its connection.
 */
package ninja.mig.relay;
