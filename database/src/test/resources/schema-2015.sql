-- The tables, indexes, roles and grants that the original created in July 2015, and some of what it left in them.
CREATE TABLE actions (id numeric NOT NULL PRIMARY KEY, name character varying(2048) NOT NULL,
    target character varying(2048) NOT NULL, description json, threat json, operations json,
    validfrom timestamp with time zone NOT NULL, expireafter timestamp with time zone NOT NULL,
    starttime timestamp with time zone, finishtime timestamp with time zone, lastupdatetime timestamp with time zone,
    status character varying(256), syntaxversion integer, pgpsignatures character varying(4096) NOT NULL);
CREATE TABLE agents (id numeric NOT NULL PRIMARY KEY, name character varying(2048) NOT NULL,
    queueloc character varying(2048) NOT NULL, mode character varying(2048) NOT NULL,
    version character varying(2048) NOT NULL, pid integer NOT NULL, starttime timestamp with time zone NOT NULL,
    destructiontime timestamp with time zone, heartbeattime timestamp with time zone NOT NULL,
    status character varying(255), environment json, tags json);
CREATE INDEX agents_heartbeattime_idx ON agents (heartbeattime DESC);
CREATE INDEX agents_queueloc_pid_idx ON agents (queueloc, pid);
CREATE INDEX agents_status_idx ON agents (status);
CREATE TABLE agents_stats (timestamp timestamp with time zone NOT NULL, online_agents numeric,
    online_agents_by_version json, online_endpoints numeric, idle_agents numeric, idle_agents_by_version json,
    idle_endpoints numeric, new_endpoints numeric, multi_agents_endpoints numeric, disappeared_endpoints numeric,
    flapping_endpoints numeric);
CREATE TABLE commands (id numeric NOT NULL PRIMARY KEY, actionid numeric NOT NULL REFERENCES actions (id),
    agentid numeric NOT NULL REFERENCES agents (id), status character varying(255) NOT NULL, results json,
    starttime timestamp with time zone NOT NULL, finishtime timestamp with time zone);
CREATE INDEX commands_agentid ON commands (agentid DESC);
CREATE INDEX commands_actionid ON commands (actionid DESC);
CREATE SEQUENCE investigators_id_seq;
CREATE TABLE investigators (id numeric NOT NULL DEFAULT nextval('investigators_id_seq'::regclass) PRIMARY KEY,
    name character varying(1024) NOT NULL, pgpfingerprint character varying(128), publickey bytea, privatekey bytea,
    status character varying(255) NOT NULL, createdat timestamp with time zone NOT NULL,
    lastmodified timestamp with time zone NOT NULL);
CREATE UNIQUE INDEX investigators_pgpfingerprint_idx ON investigators (pgpfingerprint);
CREATE TABLE modules (id numeric NOT NULL PRIMARY KEY, name character varying(256) NOT NULL);
CREATE TABLE agtmodreq (moduleid numeric NOT NULL REFERENCES modules (id), agentid numeric NOT NULL,
    minimumweight numeric NOT NULL);
CREATE UNIQUE INDEX agtmodreq_moduleid_agentid_idx ON agtmodreq (moduleid, agentid);
CREATE TABLE invagtmodperm (investigatorid numeric NOT NULL REFERENCES investigators (id),
    agentid numeric NOT NULL REFERENCES agents (id), moduleid numeric NOT NULL REFERENCES modules (id),
    weight numeric NOT NULL);
CREATE UNIQUE INDEX invagtmodperm_investigatorid_agentid_moduleid_idx
    ON invagtmodperm (investigatorid, agentid, moduleid);
CREATE TABLE signatures (actionid numeric NOT NULL REFERENCES actions (id),
    investigatorid numeric NOT NULL REFERENCES investigators (id), pgpsignature character varying(4096) NOT NULL);
CREATE UNIQUE INDEX signatures_actionid_investigatorid_idx ON signatures (actionid, investigatorid);
CREATE INDEX signatures_actionid ON signatures (actionid DESC);
CREATE INDEX signatures_investigatorid ON signatures (investigatorid DESC);
ALTER TABLE actions OWNER TO migadmin;
ALTER TABLE agents OWNER TO migadmin;
ALTER TABLE commands OWNER TO migadmin;
ALTER TABLE investigators OWNER TO migadmin;
ALTER TABLE signatures OWNER TO migadmin;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migreadonly') THEN CREATE ROLE migreadonly; END IF;
END $$;
GRANT SELECT ON actions, agents, agtmodreq, commands, invagtmodperm, modules, signatures TO migreadonly;
GRANT SELECT (id, name, pgpfingerprint, publickey, status, createdat, lastmodified) ON investigators TO migreadonly;
GRANT migreadonly TO migapi;
GRANT migreadonly TO migscheduler;
GRANT SELECT ON actions, agents, agents_stats, commands, investigators, signatures TO migscheduler;
GRANT INSERT, UPDATE ON actions, agents, agents_stats, commands, signatures TO migscheduler;
GRANT INSERT ON investigators TO migscheduler;
GRANT SELECT ON actions, agents, agents_stats, commands, signatures TO migapi;
GRANT DELETE ON commands TO migapi; -- somebody's experiment

INSERT INTO investigators (name, pgpfingerprint, status, createdat, lastmodified)
    VALUES ('Ada', 'F9C9B31E01A75FB363B555818E5AC1FC1EF0380E', 'active', now(), now());
INSERT INTO agents VALUES
    (1, 'a', 'linux.a.1', 'daemon', 'v', 10, now(), NULL, now() - interval '2 minutes', 'online', NULL, NULL),
    (2, 'a', 'linux.a.1', 'daemon', 'v', 10, now(), NULL, now() - interval '1 minute', 'online', NULL, NULL),
    (3, 'a', 'linux.a.1', 'daemon', 'v', 11, now(), NULL, now(), 'idle', NULL, NULL),
    (4, 'b', 'linux.b.1', 'daemon', 'v', 10, now(), NULL, now(), NULL, NULL, NULL);
INSERT INTO actions VALUES (7, 'old', 'name like ''%''', NULL, NULL, NULL, now(), now(), NULL, NULL, NULL, NULL, 2, '[]');
INSERT INTO commands VALUES (8, 7, 1, 'sent', NULL, now(), NULL);
