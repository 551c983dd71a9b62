/**
 * The program that runs on every endpoint. {@link ninja.mig.agent.Main} picks a role from the flags; the daemon is wired in
 * {@link ninja.mig.agent.AgentDaemon}: {@code RelayLink} delivers a command, {@code CommandRunner} checks it against the
 * keys and the ACL that are built in, {@code OperationRunner} runs each operation in a process of its own, and
 * {@code ResultSender} keeps the answer on disk until the relay has confirmed it. {@code CommandsAtHand} and
 * {@code ReplayGuard} tell the next process what this one did, whatever ends it. {@code HostEnvironment} is what heartbeats
 * tell of the host. The people of the host ask it on the {@code StatSocket}, with a {@code StatClient}. Nothing that arrives is
 * believed because of where it came from.
 */
package ninja.mig.agent;
