package ninja.mig.quickstart;

/** What the agent's ACL allows: everything to the investigator, the destruction of agents to the scheduler alone. */
final class AgentAcl {
    private AgentAcl() {}

    static String of(String investigator, String scheduler) {
        return """
                {
                    "default": {
                        "minimumweight": 1,
                        "investigators": {
                            "%s": {
                                "fingerprint": "%s",
                                "weight": 1
                            }
                        }
                    },
                    "agentdestroy": {
                        "minimumweight": 1,
                        "investigators": {
                            "MIG Scheduler": {
                                "fingerprint": "%s",
                                "weight": 1
                            }
                        }
                    }
                }
                """.formatted(InvestigatorKey.NAME, investigator, scheduler);
    }
}
