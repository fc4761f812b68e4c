#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The blacklist of a bank with a million codes: lookups per second, percentiles
# and memory, beside SQLite and beside a constant answer, in one run.
#
#   lookup.sh [FOLDER [CODES]]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
yisong=${YISONG:-$root/build/release/yisong}
bench=${YISONG_BENCH_LOOKUP:-$root/build/release/bench/yisong-bench-lookup}
folder=${1:-$root/build/bench-lookup} codes=${2:-1000000}

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
trap '[ -z "${adapter:-}" ] || kill "$adapter" 2>/dev/null || true' EXIT

"$yisong" agencies init "$folder/centre" >/dev/null
"$yisong" agencies add "$folder/centre" --id bank --role bank --chinese 银行 \
    --english bank --region 360100 --level city --suite p256 \
    --out "$folder/keys" >/dev/null
cat >"$folder/adapter.conf" <<END
agency = bank
agencies = centre
mailbox = mailbox.db
key = keys/signing.key
certificate = keys/signing.pem
tls_authority = keys/authority.pem
tls_certificate = keys/tls.pem
tls_key = keys/tls.key
broker_port = 1
http_listen = 127.0.0.1:0
END
"$bench" make "$folder/mailbox.db" "$codes"
token=$("$yisong" http-token -c "$folder/adapter.conf" bench)
"$yisong" adapter -c "$folder/adapter.conf" 2>"$folder/adapter.log" &
adapter=$!
until grep -q ' ready: ' "$folder/adapter.log"; do
    kill -0 "$adapter" || { cat "$folder/adapter.log" >&2; exit 3; }
    sleep 0.05
done
port=$(sed -n 's/.*http: .*, port \([0-9]*\),.*/\1/p' "$folder/adapter.log" | head -1)
echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
echo "$codes codes: mailbox $(du -m "$folder/mailbox.db" | cut -f1) MB," \
    "adapter resident $(sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$adapter/status")"
"$bench" ask "$folder/mailbox.db" "$codes" "$port" "$token"
