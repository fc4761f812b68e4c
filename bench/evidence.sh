#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Evidence beside a plain copy: one large file with a letter through a whole
# exchange (sealed, to the centre, to two receivers, opened, compared), and the
# same bytes through OpenSSL's own TLS on the same machine in the same run.
# The memory of every process that touched the file is its largest ever.
#
#   evidence.sh [--short | --large] [FOLDER]     64 MB | 4 GB; 1 GB unless given
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export YISONG=${YISONG:-$root/build/release/yisong}
megabytes=1000
case ${1:-} in
--short) megabytes=64 && shift ;;
--large) megabytes=4096 && shift ;;
esac
folder=${1:-$root/build/bench-evidence}
most_kb=65536

finish() {
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
    "$root/landscape/down.sh" --now "$folder" >/dev/null 2>&1 || true
    rm -rf "${folder:?}"
}
trap finish EXIT
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
"$root/landscape/up.sh" "$folder" >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    exit 3
}
rm -f "$folder.log"

of() { echo "$folder/$1-zaoyang/adapter.conf"; }
now() { date +%s%N; }
rate() { # NAME NANOSECONDS
    awk -v name="$1" -v ns="$2" -v mb="$megabytes" \
        'BEGIN { printf "%-44s %8.2f s %8.1f MB/s\n", name, ns / 1e9, mb / (ns / 1e9) }'
}
await() { # AGENCY STATE...: how many files are in one of these states
    local agency=$1 count=$2 pattern=$3
    until [ "$("$YISONG" evidence list -c "$(of "$agency")" --json |
        grep -cE "\"state\":\"($pattern)\"")" -ge "$count" ]; do sleep 0.02; done
}
peak() { # NAME
    local kb
    kb=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$(cat "$folder/run/$1.pid")/status")
    printf '%-44s %8.1f MB at most\n' "$1" "$(awk -v kb="$kb" 'BEGIN { print kb / 1024 }')"
    [ "$kb" -le $most_kb ] || failed=1
}

echo "machine: $(nproc) cores; one file of $megabytes MB, two receivers"
file="$folder/monitoring.bin"
truncate -s "${megabytes}M" "$file"
printf 'begin' | dd of="$file" conv=notrunc status=none
megabytes=$(awk -v m="$megabytes" 'BEGIN { print m * 1.048576 }')

# The rival: the same bytes, once over TLS 1.3, nothing else done with them.
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1",
    () => { console.log(s.address().port); s.close(); })')
openssl s_server -accept "127.0.0.1:$port" -cert "$folder/tls/server.pem" \
    -key "$folder/tls/server.key" -tls1_3 -quiet -naccept 1 \
    >"$folder/copy" 2>"$folder/server.log" < <(sleep 600) &
server=$!
for _ in $(seq 200); do
    grep -q ":$(printf '%04X' "$port") 00000000:0000 0A" /proc/net/tcp && break
    sleep 0.02
done
started=$(now)
openssl s_client -connect "127.0.0.1:$port" -tls1_3 -quiet -no_ign_eof \
    <"$file" >/dev/null 2>&1 || true
wait "$server" || true
server=
plain=$(($(now) - started))
[ "$(stat -c %s "$folder/copy")" = "$(stat -c %s "$file")" ] || {
    echo "the plain copy is not whole" >&2
    exit 1
}
rm -f "$folder/copy"
rate "openssl s_client to s_server, one hop" "$plain"

letter="$folder/letter.xml"
sed -e "s#\(<decidedAt>\)[^<]*#\1$(TZ=Asia/Shanghai date -Is)#" \
    -e '0,/<id>/{/<id>/d}' \
    "$root/tests/data/messages/criminal-case-transfer.xml" >"$letter"
failed=0
started=$(now)
"$YISONG" send -c "$(of ecology)" "$letter" "$file" >/dev/null
kept=$(now)
await ecology 1 'sealed|sent'
sealed=$(now)
await ecology 1 sent
sent=$(now)
await police 1 'here|whole'
came=$(now)
await police 1 whole
await procuratorate 1 whole
opened=$(now)
rate "yisong send (digests, a copy is kept)" $((kept - started))
rate "sealed to two receivers" $((sealed - kept))
rate "to the centre (until its digest is checked)" $((sent - sealed))
rate "to the first receiver" $((came - sent))
rate "all of it, until both have opened it" $((opened - started))
awk -v ours="$((sent - sealed))" -v plain="$plain" \
    'BEGIN { printf "one hop of ours takes %.2f times the plain copy\n", ours / plain }'
for name in ecology-zaoyang police-zaoyang procuratorate-zaoyang evidence-store router; do
    peak "$name"
done
got=$(find "$folder/police-zaoyang/spool/in" -name monitoring.bin)
cmp "$file" "$got" && echo "the file at the police is the file of the bureau"
[ $failed = 0 ] || {
    echo "more than $((most_kb / 1024)) MB" >&2
    exit 1
}
