package ninja.mig.database;

import ninja.mig.model.Agent;

/**
 * What a heartbeat did.
 *
 * @param agent as it is in the database now, with id and status
 * @param isNew this heartbeat was the first of its (queueloc, pid)
 */
public record Registration(Agent agent, boolean isNew) {}
