/**
 * The only code that talks to PostgreSQL: one class per table, each public method one transition or one question. The
 * scheduler and the API use the same classes under different roles ({@code migscheduler}, {@code migapi}), whose grants
 * stand in {@code schema.sql} beside this module; a method that a role may not use says so. {@link
 * ninja.mig.database.Database} holds the pool; {@link ninja.mig.database.Targets} runs what investigators write;
 * {@link ninja.mig.database.Schema} creates everything.
 */
package ninja.mig.database;
