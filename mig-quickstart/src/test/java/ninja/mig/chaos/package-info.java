/**
 * What survives when programs, servers, connections and disks fail: the real scheduler as a process of its own, between a
 * real PostgreSQL and a real RabbitMQ that the tests crash, and a {@link ninja.mig.fleet.Fleet} of agents. The scheduler is
 * stopped from outside only: it contains nothing for these tests.
 */
package ninja.mig.chaos;
