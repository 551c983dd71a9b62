#!/usr/bin/env bash
# Creates MIG's tables in a remote database, and the users of scheduler and API.
#
# First create the database and an admin user who owns it and may create roles:
#   CREATE ROLE migadmin LOGIN CREATEROLE PASSWORD '...'; CREATE DATABASE mig OWNER migadmin;
# then edit these variables and run the script. It may be run again: users keep their passwords, tables their rows, and
# older tables are upgraded.
PGDATABASE='mig'
PGUSER='migadmin'
PGPASS='MYDATABASEPASSWORD'
PGHOST='192.168.0.1'
PGPORT=5432

set -u
umask 077

here=$(cd "$(dirname "$0")" && pwd) || exit 123
schema="$here/schema.sql"

fail() {
    echo "createremotedb.sh: $*" >&2
    exit 123
}

[ -r "$schema" ] || fail "cannot read $schema"
command -v psql > /dev/null || fail "psql not found: install the PostgreSQL client"
[ "$PGPASS" != 'MYDATABASEPASSWORD' ] || fail "edit the variables at the top of this script first"

# A password file of this run alone: ~/.pgpass is not touched, and nothing secret is in the list of processes.
PGPASSFILE=$(mktemp) || fail "cannot create a temporary file"
trap 'rm -f "$PGPASSFILE"' EXIT
trap 'exit 123' HUP INT TERM
escaped=${PGPASS//\\/\\\\}
printf '*:*:*:*:%s\n' "${escaped//:/\\:}" > "$PGPASSFILE"
export PGPASSFILE PGDATABASE PGUSER PGHOST PGPORT

run() {
    psql -X -q -w -v ON_ERROR_STOP=1 -f -
}

ask() {
    psql -X -A -t -q -w -v ON_ERROR_STOP=1 -c "$1"
}

random_password() {
    LC_ALL=C tr -dc '_A-Za-z0-9-' < /dev/urandom | head -c 32
}

created=''
for role in migscheduler migapi; do
    found=$(ask "SELECT count(*) FROM pg_roles WHERE rolname = '$role'") || fail "cannot list the roles"
    if [ "$found" = 1 ]; then
        echo "kept user: $role"
        continue
    fi
    password=$(random_password)
    echo "CREATE ROLE $role NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN PASSWORD '$password';" | run \
        || fail "cannot create role $role"
    created="$created $role/$password"
done

# Shown before anything else can fail: they cannot be found out later.
[ -z "$created" ] || trap 'rm -f "$PGPASSFILE"; echo; echo "created users:$created"' EXIT

run < "$schema" || fail "cannot load $schema"
