/**
 * Agents by the thousand, for tests and benchmarks of servers: they speak an agent's side of the wire format, with the
 * broker's own client library and nothing of an agent's or a scheduler's code, so that any scheduler can be driven.
 *
 * <pre>{@code
 * Fleet.Shape shape = Fleet.Shape.of("web", 1_000);              // linux.web-00000.example.net.<13 characters>, ...
 * try (Fleet fleet = Fleet.start(RelayLogin.of(broker), shape, Behaviour.OBEDIENT)) {
 *     fleet.awaitConnected(Duration.ofSeconds(30));
 *     fleet.heartbeat();                                          // one of each; returns when the relay has them all
 *     fleet.heartbeatEvery(Duration.ofSeconds(10));               // and from now on
 *     ...                                                         // commands are answered as they come
 *     fleet.counts().duplicates();
 * }
 * }</pre>
 *
 * A {@link ninja.mig.fleet.Behaviour} decides what an agent says to a command: nothing, one result or several, at once or
 * later, its own or forged.
 */
package ninja.mig.fleet;
