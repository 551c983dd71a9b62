-- The database of MIG. Creates what is missing and upgrades in place a database that the original left behind; running it
-- again changes nothing. Run it in MIG's database as a superuser, or as the owner of the database with CREATEROLE:
--   psql -v ON_ERROR_STOP=1 -d mig -f schema.sql
-- createlocaldb.sh and createremotedb.sh do so, and give the roles passwords. PostgreSQL 12 or later.

BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = public, pg_temp;
DO $$ BEGIN PERFORM pg_advisory_xact_lock(7235946); END $$;

-- Roles -----------------------------------------------------------------------------------------------------------------
-- Created without password, if they are missing: nobody logs in with a password until one is set.
DO $$
DECLARE
    login text;
BEGIN
    FOREACH login IN ARRAY ARRAY['migscheduler', 'migapi'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN', login);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migreadonly') THEN
        CREATE ROLE migreadonly NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN;
    END IF;
END
$$;

-- Tables ----------------------------------------------------------------------------------------------------------------
CREATE TABLE IF NOT EXISTS actions (
    id              numeric PRIMARY KEY,
    name            character varying(2048) NOT NULL,
    target          character varying(2048) NOT NULL,
    description     json,
    threat          json,
    operations      json,
    validfrom       timestamp with time zone NOT NULL,
    expireafter     timestamp with time zone NOT NULL,
    starttime       timestamp with time zone,
    finishtime      timestamp with time zone,
    lastupdatetime  timestamp with time zone,
    status          character varying(256),
    syntaxversion   integer,
    pgpsignatures   text NOT NULL
);

CREATE TABLE IF NOT EXISTS agents (
    id              numeric PRIMARY KEY,
    name            character varying(2048) NOT NULL,
    queueloc        character varying(2048) NOT NULL,
    mode            character varying(2048) NOT NULL,
    version         character varying(2048) NOT NULL,
    pid             integer NOT NULL,
    starttime       timestamp with time zone NOT NULL,
    destructiontime timestamp with time zone,
    heartbeattime   timestamp with time zone NOT NULL,
    status          character varying(255),
    environment     json,
    tags            json
);

CREATE TABLE IF NOT EXISTS agents_stats (
    timestamp                timestamp with time zone NOT NULL,
    online_agents            numeric,
    online_agents_by_version json,
    online_endpoints         numeric,
    idle_agents              numeric,
    idle_agents_by_version   json,
    idle_endpoints           numeric,
    new_endpoints            numeric,
    multi_agents_endpoints   numeric,
    disappeared_endpoints    numeric,
    flapping_endpoints       numeric
);

CREATE TABLE IF NOT EXISTS commands (
    id              numeric PRIMARY KEY,
    actionid        numeric NOT NULL REFERENCES actions (id),
    agentid         numeric NOT NULL REFERENCES agents (id),
    status          character varying(255) NOT NULL,
    results         json,
    starttime       timestamp with time zone NOT NULL,
    finishtime      timestamp with time zone
);

CREATE SEQUENCE IF NOT EXISTS investigators_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;

CREATE TABLE IF NOT EXISTS investigators (
    id              numeric PRIMARY KEY DEFAULT nextval('investigators_id_seq'::regclass),
    name            character varying(1024) NOT NULL,
    pgpfingerprint  character varying(128),
    publickey       bytea,
    privatekey      bytea,
    status          character varying(255) NOT NULL,
    createdat       timestamp with time zone NOT NULL,
    lastmodified    timestamp with time zone NOT NULL,
    permissions     bigint NOT NULL DEFAULT 63
);

CREATE TABLE IF NOT EXISTS signatures (
    actionid        numeric NOT NULL REFERENCES actions (id),
    investigatorid  numeric NOT NULL REFERENCES investigators (id),
    pgpsignature    text NOT NULL
);

-- The original planned an access control with these and never used them.
CREATE TABLE IF NOT EXISTS modules (
    id              numeric PRIMARY KEY,
    name            character varying(256) NOT NULL
);

CREATE TABLE IF NOT EXISTS agtmodreq (
    moduleid        numeric NOT NULL REFERENCES modules (id),
    agentid         numeric NOT NULL,
    minimumweight   numeric NOT NULL
);

CREATE TABLE IF NOT EXISTS invagtmodperm (
    investigatorid  numeric NOT NULL REFERENCES investigators (id),
    agentid         numeric NOT NULL REFERENCES agents (id),
    moduleid        numeric NOT NULL REFERENCES modules (id),
    weight          numeric NOT NULL
);

-- From the original's tables to ours ------------------------------------------------------------------------------------
DO $$
BEGIN
    IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public'
               AND table_name = 'actions' AND column_name = 'pgpsignatures' AND data_type <> 'text') THEN
        ALTER TABLE actions ALTER COLUMN pgpsignatures TYPE text;
    END IF;
    IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public'
               AND table_name = 'signatures' AND column_name = 'pgpsignature' AND data_type <> 'text') THEN
        ALTER TABLE signatures ALTER COLUMN pgpsignature TYPE text;
    END IF;
    -- Bits 16 to 18 of the permissions make an administrator: everybody who was there before there were any.
    IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public'
                   AND table_name = 'investigators' AND column_name = 'permissions') THEN
        ALTER TABLE investigators ADD COLUMN permissions bigint NOT NULL DEFAULT 63;
        UPDATE investigators SET permissions = 63 | (7 << 16) WHERE name <> 'migscheduler';
    END IF;
    -- The original left commands behind that nobody waits for.
    UPDATE commands c SET status = 'expired', finishtime = a.expireafter
      FROM actions a
     WHERE a.id = c.actionid AND c.status = 'sent' AND a.expireafter < now()
       AND (a.status IS NULL OR a.status NOT IN ('inflight', 'cancelled'));
    -- One live row for each agent: two heartbeats that came at once made the original insert two.
    IF to_regclass('public.agents_live_uq') IS NULL THEN
        UPDATE agents SET status = 'offline' WHERE status IS NULL;
        UPDATE agents SET status = 'offline'
         WHERE status <> 'offline'
           AND id NOT IN (SELECT DISTINCT ON (queueloc, pid) id FROM agents WHERE status <> 'offline'
                           ORDER BY queueloc, pid, heartbeattime DESC, id DESC);
    END IF;
END
$$;

-- Indexes ---------------------------------------------------------------------------------------------------------------
-- A heartbeat changes nothing that is indexed: no index has to be written if the page of the row has room for another one.
DROP INDEX IF EXISTS agents_heartbeattime_idx;
ALTER TABLE agents SET (fillfactor = 60);
CREATE INDEX IF NOT EXISTS agents_queueloc_pid_idx ON agents (queueloc, pid);
CREATE INDEX IF NOT EXISTS agents_status_idx ON agents (status);
CREATE UNIQUE INDEX IF NOT EXISTS agents_live_uq ON agents (queueloc, pid) WHERE status <> 'offline';
CREATE INDEX IF NOT EXISTS agents_stats_timestamp_idx ON agents_stats (timestamp DESC);
CREATE INDEX IF NOT EXISTS actions_pending_idx ON actions (validfrom) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS actions_underway_idx ON actions (status)
    WHERE status IN ('scheduled', 'preparing', 'inflight', 'cancelled');
CREATE INDEX IF NOT EXISTS commands_agentid ON commands (agentid DESC);
CREATE INDEX IF NOT EXISTS commands_actionid_status_idx ON commands (actionid, status);
DROP INDEX IF EXISTS commands_actionid; -- its work is done by the one above
CREATE INDEX IF NOT EXISTS commands_sent_idx ON commands (actionid) WHERE status = 'sent';
CREATE UNIQUE INDEX IF NOT EXISTS investigators_pgpfingerprint_idx ON investigators (pgpfingerprint);
CREATE INDEX IF NOT EXISTS investigators_lower_pgpfingerprint_idx ON investigators (lower(pgpfingerprint));
CREATE UNIQUE INDEX IF NOT EXISTS signatures_actionid_investigatorid_idx ON signatures (actionid, investigatorid);
CREATE INDEX IF NOT EXISTS signatures_actionid ON signatures (actionid DESC);
CREATE INDEX IF NOT EXISTS signatures_investigatorid ON signatures (investigatorid DESC);
CREATE UNIQUE INDEX IF NOT EXISTS agtmodreq_moduleid_agentid_idx ON agtmodreq (moduleid, agentid);
CREATE UNIQUE INDEX IF NOT EXISTS invagtmodperm_investigatorid_agentid_moduleid_idx
    ON invagtmodperm (investigatorid, agentid, moduleid);

-- Owner -----------------------------------------------------------------------------------------------------------------
-- migadmin if there is such a role and we may give to it; otherwise whoever runs this.
DO $$
DECLARE
    thing record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migadmin') OR NOT pg_has_role('migadmin', 'MEMBER') THEN
        RETURN;
    END IF;
    FOR thing IN
        SELECT c.relname, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace
           AND c.relname IN ('actions', 'agents', 'agents_stats', 'commands', 'investigators', 'signatures', 'modules',
                             'agtmodreq', 'invagtmodperm', 'investigators_id_seq')
           AND c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = 'migadmin')
         ORDER BY c.relkind
    LOOP
        EXECUTE format('ALTER %s public.%I OWNER TO migadmin', thing.kind, thing.relname);
    END LOOP;
END
$$;

-- Rights ----------------------------------------------------------------------------------------------------------------
-- Everything is taken back first, so that what stands here is all there is.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON actions, agents, agents_stats, commands, investigators, signatures, modules, agtmodreq, invagtmodperm
    FROM PUBLIC, migscheduler, migapi, migreadonly;
REVOKE ALL ON SEQUENCE investigators_id_seq FROM PUBLIC, migscheduler, migapi, migreadonly;
GRANT USAGE ON SCHEMA public TO migscheduler, migapi, migreadonly;

-- Who may become migreadonly owns the function below and could disarm it. Our programs never do SET ROLE.
DO $$
DECLARE
    login text;
BEGIN
    FOREACH login IN ARRAY ARRAY['migscheduler', 'migapi'] LOOP
        IF EXISTS (SELECT FROM pg_auth_members m
                     JOIN pg_roles r ON r.oid = m.roleid AND r.rolname = 'migreadonly'
                     JOIN pg_roles l ON l.oid = m.member AND l.rolname = login) THEN
            EXECUTE format('REVOKE migreadonly FROM %I', login);
        END IF;
    END LOOP;
END
$$;

GRANT SELECT ON actions, agents, agents_stats, commands, investigators, signatures, modules, agtmodreq, invagtmodperm
    TO migscheduler;
GRANT INSERT, UPDATE ON actions, agents, agents_stats, commands, signatures TO migscheduler;
GRANT DELETE ON agents_stats TO migscheduler;
GRANT INSERT ON investigators TO migscheduler;
GRANT USAGE ON SEQUENCE investigators_id_seq TO migscheduler;

GRANT SELECT ON actions, agents, agents_stats, commands, signatures, modules, agtmodreq, invagtmodperm TO migapi;
GRANT SELECT (id, name, pgpfingerprint, publickey, status, createdat, lastmodified, permissions) ON investigators TO migapi;
GRANT INSERT ON actions, signatures TO migapi;
GRANT UPDATE (status, lastupdatetime) ON actions TO migapi;
GRANT INSERT (name, pgpfingerprint, publickey, status, createdat, lastmodified, permissions) ON investigators TO migapi;
GRANT UPDATE (status, lastmodified) ON investigators TO migapi;
GRANT USAGE ON SEQUENCE investigators_id_seq TO migapi;

GRANT SELECT ON actions, agents, commands, signatures, modules, agtmodreq, invagtmodperm TO migreadonly;
GRANT SELECT (id, name, pgpfingerprint, publickey, status, createdat, lastmodified) ON investigators TO migreadonly;

-- Targets ---------------------------------------------------------------------------------------------------------------
-- The one place where a text that an investigator wrote is run as SQL. It runs as migreadonly, whoever calls, and inside a
-- function neither the role nor the session can be changed. The line break keeps a comment from swallowing the
-- parenthesis. To hand the function over, one who is not superuser must for a moment be a member of the new owner, and the
-- new owner must be allowed to create in the schema.
DO $block$
DECLARE
    superuser boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
    joined boolean := false;
BEGIN
    IF NOT superuser AND NOT pg_has_role('migreadonly', 'USAGE') THEN
        EXECUTE format('GRANT migreadonly TO %I', current_user);
        joined := true;
    END IF;
    GRANT CREATE ON SCHEMA public TO migreadonly;

    CREATE OR REPLACE FUNCTION public.mig_agents_by_target(target text) RETURNS SETOF public.agents
        LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp
        SET standard_conforming_strings = on
    AS $function$
    BEGIN
        RETURN QUERY EXECUTE
            'SELECT DISTINCT ON (agents.queueloc) agents.* FROM public.agents'
            || ' WHERE agents.status IN (''online'', ''idle'') AND (' || target || E'\n'
            || ') ORDER BY agents.queueloc, agents.heartbeattime DESC';
    END
    $function$;

    ALTER FUNCTION public.mig_agents_by_target(text) OWNER TO migreadonly;
    REVOKE ALL ON FUNCTION public.mig_agents_by_target(text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION public.mig_agents_by_target(text) TO migscheduler, migapi;
    REVOKE CREATE ON SCHEMA public FROM migreadonly;
    IF joined THEN
        EXECUTE format('REVOKE migreadonly FROM %I', current_user);
    END IF;
END
$block$;

COMMIT;
