#!/bin/sh
# Written by the agent of MIG, which replaces this file.
### BEGIN INIT INFO
# Provides:          mig-agent
# Required-Start:    $local_fs $network $remote_fs
# Required-Stop:     $local_fs $network $remote_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Mozilla InvestiGator Agent
### END INIT INFO

@ENVIRONMENT@pidfile=@PIDFILE@

# The agent that the file names; another process may have its number by now.
running() {
    pid=$(cat "$pidfile" 2>/dev/null) || return 1
    case $pid in
        '' | *[!0-9]*) return 1 ;;
    esac
    kill -0 "$pid" 2>/dev/null && tr '\0' ' ' <"@PROC@/$pid/cmdline" 2>/dev/null | grep -q mig-agent
}

start() {
    if running; then
        echo 'mig-agent runs already'
        return 0
    fi
    [ -x @PROGRAM@ ] || {
        echo '@PROGRAM@ is missing' >&2
        return 5
    }
    # It goes into the background by itself, and writes the file.
    @COMMAND@
}

stop() {
    if ! running; then
        rm -f "$pidfile"
        return 0
    fi
    kill "$pid"
    seconds=0
    while running && [ $seconds -lt 20 ]; do
        sleep 1
        seconds=$((seconds + 1))
    done
    if running; then kill -9 "$pid"; fi
    rm -f "$pidfile"
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    restart | force-reload)
        stop
        start
        ;;
    status)
        if running; then
            echo "mig-agent runs as process $pid"
        else
            echo 'mig-agent does not run'
            exit 3
        fi
        ;;
    *)
        echo "Usage: $0 {start|stop|restart|status}" >&2
        exit 2
        ;;
esac
