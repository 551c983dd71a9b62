package ninja.mig.database;

import ninja.mig.model.MigId;

/** A command that will not be waited for any longer, since its action expired or was cancelled. */
public record CalledOff(MigId commandId, MigId actionId, String actionName, String agentName, String queueLoc) {}
