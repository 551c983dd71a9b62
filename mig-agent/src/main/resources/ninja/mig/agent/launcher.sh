#!/bin/sh
# The agent of MIG: this script, and after it the jar that it starts.
#
#   MIG_JAVA_HOME   the Java that is preferred to all others
#   MIG_JAVA_OPTS   options for Java, after those below
#   MIG_RUNDIR      where the agent keeps its identity, in place of the system's folder
#
# It also starts with java -jar, only with more memory and less speed.

fail() {
    echo "mig-agent: $1" >&2
    exit 1
}

# An absolute path without links. The readlink of an old macOS has no -f.
resolve() {
    if readlink -f -- "$1" 2>/dev/null; then return; fi
    file=$1
    while [ -h "$file" ]; do
        target=$(readlink "$file")
        case $target in
            /*) file=$target ;;
            *) file=$(dirname "$file")/$target ;;
        esac
    done
    echo "$(cd "$(dirname "$file")" && pwd -P)/$(basename "$file")"
}

self=$(resolve "$0")

java=
for home in "${MIG_JAVA_HOME:-}" "${self%/*}/mig-jre" /opt/mig/jre "${JAVA_HOME:-}"; do
    if [ -n "$home" ] && [ -x "$home/bin/java" ]; then
        java=$(resolve "$home/bin/java")
        break
    fi
done
if [ -z "$java" ]; then
    java=$(command -v java) || fail 'no Java was found; 17 or newer is needed, and MIG_JAVA_HOME can say where it is'
    java=$(resolve "$java")
fi
home=${java%/bin/java}
version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null)
if [ -n "$version" ] && [ "$version" -lt 17 ]; then
    fail "$java is too old; 17 or newer is needed, and MIG_JAVA_HOME can say where it is"
fi

# File names of any language need a locale of UTF-8. Options come from here alone, not from what a login left behind.
LC_ALL=C.UTF-8
export LC_ALL
unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# Little memory for an agent. A module or an action that is run by hand has what agents give to modules.
flags='-XX:+UseSerialGC -Xss256k -Xms8m -Xmx64m -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
mode=agent
previous=
for word do
    case $previous in -m | --m) mode=$word ;; esac
    case $word in
        -m=* | --m=*) mode=${word#*=} ;;
        -i | --i | -i=* | --i=*) mode=action ;;
    esac
    previous=$word
done
case $mode in
    agent | agent-checkin) ;;
    *) flags='-XX:+UseSerialGC -Xms16m -Xmx64m -Xss512k -XX:-UsePerfData -XX:FreqInlineSize=60' ;;
esac

set -- -jar "$self" "$@"

# The archive of classes, which the agent makes, holds for this very file and this very Java: both are part of its name.
# One that others own is not touched. Without one the agent starts all the same.
rundir=${MIG_RUNDIR:-/var/lib/mig}
if [ -z "${MIG_RUNDIR:-}" ] && [ "$(uname -s)" = Darwin ]; then
    rundir=/Library/Preferences/mig
fi
set -- "-Dmig.agent.rundir=$rundir" "$@"
facts=
[ ! -e "$home/lib/modules" ] || facts=$(stat -L -c '%n %i %s %Y' -- "$self" "$home/lib/modules" 2>/dev/null ||
    stat -L -f '%N %i %z %m' -- "$self" "$home/lib/modules" 2>/dev/null)
if [ -n "$facts" ]; then
    key=$(echo "$facts" | cksum)
    archive=$rundir/mig-agent-${key%% *}
    set -- "-Dmig.agent.archive=$archive" "$@"
    if [ -O "$archive.aot" ]; then
        set -- "-XX:AOTCache=$archive.aot" "$@"
    elif [ -O "$archive.jsa" ]; then
        set -- "-XX:SharedArchiveFile=$archive.jsa" "$@"
    fi
fi

# An agent does not end with the terminal that it was started from.
trap '' HUP

# Remarks of the JVM would go to standard output, which belongs to the results of modules.
# shellcheck disable=SC2086
exec "$java" -Xlog:disable -Xlog:all=error:stderr $flags ${MIG_JAVA_OPTS:-} "$@"
