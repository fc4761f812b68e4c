#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sets the stage (an authority, a private broker with its shovel, a router) and
# runs the measurements, one after the other on the same machine in one run.
#
#   run.sh [--short] [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
yisong=${YISONG:-$root/build/release/yisong}
bench=${YISONG_BENCH:-$root/build/release/bench/yisong-bench}
rounds=5 count=5000 paced=500
if [ "${1:-}" = --short ]; then
    rounds=1 count=500 paced=100
    shift
fi
folder=${1:-$root/build/bench}

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

finish() {
    [ -z "${router:-}" ] || kill "$router" 2>/dev/null || true
    "$root/landscape/broker.sh" kill "$folder" >/dev/null 2>&1 || true
}
trap finish EXIT

add() { # ID ROLE SUITE
    "$yisong" agencies add "$folder/centre" --id "$1" --role "$2" \
        --chinese "$1" --english "$1" --region 360100 --level city \
        --suite "$3" --out "$folder/$1/keys"
}

"$yisong" agencies init "$folder/centre" >/dev/null
{
    add exchange exchange p256
    add sender-p256 ecology p256
    add sender-sm2 ecology sm2
    add receiver credit-platform p256
    add bench ecology p256
    "$yisong" agencies broker "$folder/centre" --host localhost \
        --host 127.0.0.1 --out "$folder/tls"
} >/dev/null

# The queues of the rivals, of the same kind as ours, and the shovel.
"$yisong" topology --agencies "$folder/centre" |
    node -e '
const d = JSON.parse(require("fs").readFileSync(0, "utf8"));
const vhost = "yisong";
const queue = (name) => d.queues.push({ name, vhost, durable: true,
    auto_delete: false, arguments: { "x-queue-type": "quorum" } });
const exchange = (name, to) => {
    d.exchanges.push({ name, vhost, type: "fanout", durable: true,
        auto_delete: false, internal: false, arguments: {} });
    d.bindings.push({ source: name, vhost, destination: to,
        destination_type: "queue", routing_key: "", arguments: {} });
};
for (const rival of ["shovel", "mover"]) {
    queue(`bench.${rival}.from`);
    queue(`bench.${rival}.to`);
    exchange(`bench.${rival}`, `bench.${rival}.from`);
}
exchange("bench.moved", "bench.mover.to");
for (const p of d.permissions.filter((p) => p.user === "bench")) {
    p.write = "^(out\\.bench|bench\\..*|bench)$";
    p.read = "^(in\\.bench|bench\\..*)$";
}
d.parameters = [...(d.parameters ?? []), { component: "shovel", vhost,
    name: "bench", value: { "src-protocol": "amqp091", "src-uri": "amqp:///yisong",
    "src-queue": "bench.shovel.from", "src-prefetch-count": 1000,
    "dest-protocol": "amqp091", "dest-uri": "amqp:///yisong",
    "dest-queue": "bench.shovel.to", "ack-mode": "on-confirm" } }];
console.log(JSON.stringify(d));' >"$folder/definitions.json"

YISONG_BROKER_PLUGINS=rabbitmq_shovel "$root/landscape/broker.sh" start "$folder" >/dev/null
. "$folder/broker/ports"
mkdir -p "$folder/exchange"
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

started=$(date +%s%N)
"$yisong" router -c "$folder/exchange/router.conf" 2>"$folder/router.log" &
router=$!
until grep -q ' ready: ' "$folder/router.log"; do
    kill -0 "$router" || { cat "$folder/router.log" >&2; exit 3; }
    sleep 0.01
done
ready=$((($(date +%s%N) - started) / 1000000))
broker=$(cat "$folder/broker/server.pid")

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
echo "router ready after $ready ms, to the next 10 ms (connects twice over TLS);" \
    "resident then $(sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$router/status")"
"$bench" verify "$folder" "$YISONG_AMQPS_PORT" "$router" "$broker" "$rounds" 1
for algorithm in ecdsap256 sm2; do
    openssl speed -seconds 1 "$algorithm" 2>/dev/null | tail -n 1
done
"$bench" latency "$folder" "$YISONG_AMQPS_PORT" "$router" "$broker" "$rounds" "$paced"
"$bench" throughput "$folder" "$YISONG_AMQPS_PORT" "$router" "$broker" "$rounds" "$count"
"$yisong" log verify --ledger "$folder/exchange/ledger.db"
