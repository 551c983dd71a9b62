#!/usr/bin/env bash
# Creates MIG's database on this machine: the roles migadmin, migscheduler and migapi, the database, its tables.
#
#   createlocaldb.sh [password]
#
# Run it as root, as postgres, or as anybody who reaches a PostgreSQL superuser with psql (PGHOST, PGPORT and PGUSER are
# honoured). Without a password each role gets one of its own. What exists is kept: roles keep their passwords, tables
# their rows, and older tables are upgraded, so it may be run again.
set -u
umask 077

PGDATABASE='mig'

here=$(cd "$(dirname "$0")" && pwd) || exit 123
schema="$here/schema.sql"

fail() {
    echo "createlocaldb.sh: $*" >&2
    exit 123
}

[ $# -le 1 ] || fail "usage: createlocaldb.sh [password]"
[ -r "$schema" ] || fail "cannot read $schema"
command -v psql > /dev/null || fail "psql not found: install the PostgreSQL client"

is_superuser() {
    [ "$("$@" psql -X -A -t -q -w -d postgres -c 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user' 2> /dev/null)" = t ]
}

if is_superuser env; then
    as=(env)
elif [ "$(id -u)" = 0 ] && is_superuser setpriv --reuid=postgres --regid=postgres --clear-groups; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
elif [ "$(id -u)" != 0 ] && command -v sudo > /dev/null && is_superuser sudo -u postgres; then
    as=(sudo -u postgres)
else
    fail "cannot connect to the local PostgreSQL as a superuser: run this as root or as postgres"
fi

# Statements come from standard input, so that no password shows up in the list of processes.
run() {
    (cd / && "${as[@]}" psql -X -q -w -v ON_ERROR_STOP=1 -d "$1" -f -)
}

random_password() {
    LC_ALL=C tr -dc '_A-Za-z0-9-' < /dev/urandom | head -c 32
}

quoted() {
    printf "'%s'" "${1//\'/\'\'}"
}

ask() {
    (cd / && "${as[@]}" psql -X -A -t -q -w -v ON_ERROR_STOP=1 -d postgres -c "$1")
}

for role in migadmin migscheduler migapi; do
    found=$(ask "SELECT count(*) FROM pg_roles WHERE rolname = '$role'") || fail "cannot list the roles"
    if [ "$found" = 1 ]; then
        echo "kept user: $role"
        continue
    fi
    password=${1:-$(random_password)}
    run postgres << SQL || fail "cannot create role $role"
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET standard_conforming_strings = on;
CREATE ROLE $role NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN PASSWORD $(quoted "$password");
SQL
    echo "created user: $role/$password"
done

found=$(ask "SELECT count(*) FROM pg_database WHERE datname = '$PGDATABASE'") || fail "cannot list the databases"
if [ "$found" = 0 ]; then
    echo "CREATE DATABASE \"$PGDATABASE\" OWNER migadmin ENCODING 'UTF8' TEMPLATE template0;" | run postgres \
        || fail "cannot create database $PGDATABASE"
fi
echo "ALTER DATABASE \"$PGDATABASE\" OWNER TO migadmin;" | run postgres || fail "cannot give the database to migadmin"

run "$PGDATABASE" < "$schema" || fail "cannot load $schema"

echo "MIG Database created successfully."
