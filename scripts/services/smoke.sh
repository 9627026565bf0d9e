#!/usr/bin/env bash
# Checks run.mjs without a test framework: the environment, exit codes, signals, and that nothing is left behind.
#
#   scripts/services/smoke.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
TMPDIR=$(mktemp -d) # the services' directories land here, so that leftovers can be counted
export TMPDIR
chmod 755 "$TMPDIR"
trap 'rm -rf "$TMPDIR"' EXIT

services() { node "$here/run.mjs" "$@" 2>>"$TMPDIR/said"; }
fail() { echo "FAILED: $1" >&2; cat "$TMPDIR/said" >&2; exit 1; }
equal() { [[ $2 == "$3" ]] || fail "$1: expected $2, got $3"; echo "ok  $1"; }
status() { local code=0; "$@" || code=$?; echo "$code"; }

# The command ends on SIGTERM in its own way; only run.mjs is sent the signal.
terminated() {
  node "$here/run.mjs" --only redis -- sh -c 'trap "exit 9" TERM; echo >"$TMPDIR/up"; while :; do sleep 0.1; done' 2>>"$TMPDIR/said" &
  local runner=$!
  until [[ -e $TMPDIR/up ]]; do sleep 0.05; done
  kill -TERM "$runner"
  wait "$runner"
}

# Directories, and processes that work in them, as every process of a service does.
left() {
  find "$TMPDIR" -maxdepth 1 -name 'ferry-*' | wc -l
  find /proc/[0-9]*/cwd -maxdepth 0 -lname "$TMPDIR/ferry-*" 2>/dev/null | wc -l
}

env=$(services -- env | sed -n 's/^\(TEST_[A-Z]*_\(URL\|BROKERS\)\)=.*127.0.0.1:[0-9].*/\1/p' | sort | xargs)
equal 'all services are told' 'TEST_KAFKA_BROKERS TEST_POSTGRES_URL TEST_RABBITMQ_URL TEST_REDIS_URL' "$env"
equal 'success passes' 0 "$(status services --only redis -- true)"
equal 'a failure passes' 42 "$(status services --only redis -- sh -c 'exit 42')"
equal 'a signal passes as the shell has it' 137 "$(status services --only redis -- sh -c 'kill -9 $$')"
equal 'a command that is not there' 127 "$(status services --only redis -- no-such-command)"
equal 'a service that is not there' 1 "$(status services --only mysql -- true)"
equal 'a signal is forwarded' 9 "$(status terminated)"
equal 'what is left can be seen' '1 1' "$(services --only redis -- bash -c "$(declare -f left); left" | xargs)"
equal 'nothing is left' '0 0' "$(left | xargs)"
