#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings up a whole exchange on this machine: an authority, a private RabbitMQ,
# the router, one adapter per agency of agencies.csv. Everything lies in one
# folder; loopback only. down.sh ends it.
#
#   up.sh [FOLDER]        FOLDER is build/landscape unless given
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
folder=${1:-$root/build/landscape}
yisong=${YISONG:-$root/build/release/yisong}

say() { case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) echo "$1" ;; *) echo "$2" ;; esac; }
fail() {
    say "up.sh: $1" "up.sh: $2" >&2
    exit 3
}

[ -x "$yisong" ] || fail "找不到 $yisong，请先 ./dev build" "no $yisong: run ./dev build first"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [ -s "$folder/run/router.pid" ] && kill -0 "$(cat "$folder/run/router.pid")" 2>/dev/null; then
    fail "已在运行：$folder" "it runs already: $folder"
fi
mkdir -p "$folder/run" "$folder/log"

# The agencies, once: keys never leave the folder of their agency.
make_agencies() {
    "$yisong" agencies init "$folder/centre"
    while IFS=, read -r id role chinese english region level suite; do
        [ "$id" != id ] || continue
        "$yisong" agencies add "$folder/centre" --id "$id" --role "$role" \
            --chinese "$chinese" --english "$english" --region "$region" \
            --level "$level" --suite "$suite" --out "$folder/$id/keys"
    done <"$here/agencies.csv"
    "$yisong" agencies broker "$folder/centre" --host localhost \
        --host 127.0.0.1 --out "$folder/tls"
    "$yisong" topology --agencies "$folder/centre" >"$folder/definitions.json"
}

write_router_settings() {
    cat >"$folder/exchange/router.conf" <<END
ledger = ledger.db
agencies = ../centre
key = keys/signing.key
certificate = keys/signing.pem
tls_authority = keys/authority.pem
tls_certificate = keys/tls.pem
tls_key = keys/tls.key
broker_port = $YISONG_AMQPS_PORT
END
}

write_store_settings() {
    cat >"$folder/exchange/evidence-store.conf" <<END
ledger = ledger.db
agencies = ../centre
evidence = evidence
tls_authority = keys/authority.pem
tls_certificate = keys/tls.pem
tls_key = keys/tls.key
broker_port = $YISONG_AMQPS_PORT
END
}

write_adapter_settings() { # AGENCY ROLE
    answer=no
    case $2 in credit-platform | bank) answer=yes ;; esac
    cat >"$folder/$1/adapter.conf" <<END
agency = $1
mailbox = mailbox.db
spool = spool
agencies = ../centre
key = keys/signing.key
certificate = keys/signing.pem
tls_authority = keys/authority.pem
tls_certificate = keys/tls.pem
tls_key = keys/tls.key
broker_port = $YISONG_AMQPS_PORT
answer_cards = $answer
END
}

start() { # NAME COMMAND...
    local name=$1
    shift
    setsid "$@" >"$folder/log/$name.log" 2>&1 </dev/null &
    echo $! >"$folder/run/$name.pid"
}

wait_until_ready() { # NAME
    for _ in $(seq 200); do
        if grep -q ' ready: ' "$folder/log/$1.log" 2>/dev/null; then return; fi
        kill -0 "$(cat "$folder/run/$1.pid")" 2>/dev/null || break
        sleep 0.05
    done
    tail -n 20 "$folder/log/$1.log" >&2
    fail "$1 没有启动" "$1 did not start"
}

[ -d "$folder/centre" ] || make_agencies
"$here/broker.sh" start "$folder" >"$folder/log/broker.log" 2>&1 || {
    cat "$folder/log/broker.log" >&2
    fail "RabbitMQ 没有启动" "RabbitMQ did not start"
}
. "$folder/broker/ports"
write_router_settings
start router "$yisong" router -c "$folder/exchange/router.conf"
write_store_settings
start evidence-store "$yisong" evidence-store \
    -c "$folder/exchange/evidence-store.conf"
names="router evidence-store"
while IFS=, read -r id role _; do
    case $id in id | exchange) continue ;; esac
    write_adapter_settings "$id" "$role"
    start "$id" "$yisong" adapter -c "$folder/$id/adapter.conf"
    names="$names $id"
done <"$here/agencies.csv"
for name in $names; do wait_until_ready "$name"; done
say "运行中：$folder" "up: $folder"
