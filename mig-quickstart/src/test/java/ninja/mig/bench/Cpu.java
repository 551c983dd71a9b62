package ninja.mig.bench;

/** Processor seconds, by who used them. {@code generator}: this program, that is the simulated agents. */
record Cpu(double scheduler, double database, double broker, double generator) {
    Cpu since(Cpu earlier) {
        return new Cpu(
                scheduler - earlier.scheduler,
                database - earlier.database,
                broker - earlier.broker,
                generator - earlier.generator);
    }

    /** Milliseconds for each of so many messages. */
    Cpu millisPer(long messages) {
        double factor = 1000.0 / messages;
        return new Cpu(scheduler * factor, database * factor, broker * factor, generator * factor);
    }
}
