#!/usr/bin/env bash
# Installs the real services that the tests start: PostgreSQL, PgBouncer, RabbitMQ, Redis, and Apache Kafka with its JDK.
# And promtool, with which the alert rules are tested.
#
#   scripts/services/install.sh      as root, or as a user who may sudo; Debian 12 (Ubuntu works the same way)
#
# Installs only what is missing, so it may be run again at any time. Debian's own daemons are not started: run.mjs
# starts private ones. Kafka's jars go to $FERRY_KAFKA_LIBS, else ~/.cache/ferry/kafka-VERSION/libs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
policy=/usr/sbin/policy-rc.d
java_min=17

have() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi; }
java_major() { java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'; }

missing_packages() {
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || echo postgresql
  [[ -x /usr/sbin/pgbouncer ]] || echo pgbouncer
  [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]] || echo rabbitmq-server
  have redis-server || echo redis-server
  have promtool || echo prometheus
  have java || echo "openjdk-$java_min-jdk-headless"
  [[ -d $kafka_libs ]] || have mvn || echo maven
  have setpriv || echo util-linux
  # For scripts/fuzz: Debian's python3 comes without.
  python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

# Debian asks policy-rc.d before it starts a freshly installed daemon; 101 means no. One that is there already stays.
without_autostart() {
  local ours='' status=0
  if [[ ! -e $policy ]]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@" || status=$?
  [[ -z $ours ]] || as_root rm -f "$policy"
  return "$status"
}

install_packages() {
  local packages=("$@")
  echo "installing ${packages[*]}"
  as_root apt-get update -qq
  without_autostart as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# Into a directory beside the final one, so that an interrupted download is never taken for a whole one.
install_kafka() {
  echo "fetching Apache Kafka $kafka_version to $kafka_libs"
  local partial=$kafka_libs.partial
  rm -rf "$partial"
  mkdir -p "$(dirname "$kafka_libs")"
  mvn -q -B -Dstyle.color=never -f "$here/kafka-pom.xml" dependency:copy-dependencies -DoutputDirectory="$partial" -DincludeScope=runtime
  mv "$partial" "$kafka_libs"
}

kafka_version=$(sed -n 's/.*<kafka.version>\(.*\)<\/kafka.version>.*/\1/p' "$here/kafka-pom.xml")
kafka_libs=${FERRY_KAFKA_LIBS:-$HOME/.cache/ferry/kafka-$kafka_version/libs}

mapfile -t packages < <(missing_packages)
[[ ${#packages[@]} == 0 ]] || install_packages "${packages[@]}"
[[ $(java_major) -ge $java_min ]] || { echo "Kafka $kafka_version needs Java $java_min or newer, here is $(java_major)" >&2; exit 1; }
[[ -d $kafka_libs ]] || install_kafka
echo "services are installed: PostgreSQL, PgBouncer, RabbitMQ, Redis, Kafka $kafka_version, promtool"
