package ninja.mig.platform;

/** How much a database server does to survive a failing machine. A crash of the server alone loses nothing with either. */
public enum Durability {
    /** Commits are on disk. */
    DURABLE,
    /** Commits are in the operating system's hands: for tests. */
    FAST
}
