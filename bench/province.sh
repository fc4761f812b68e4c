#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A year of a province, then the commands that read all of its ledger, beside
# `log verify`, which reads all of it too and hashes every letter.
#
#     bench/province.sh [CASES]        20000 if not given; YISONG: the program
set -eu

cases=${1:-20000}
yisong=${YISONG:-$(dirname "$0")/../build/release/yisong}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

# Seconds of processor time of a command, to two places.
seconds() {
  LC_ALL=C bash -c 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2> "$0"' "$folder/err" "$@" 2>&1 |
    awk '{ printf "%.2f", $1 + $2 }'
}

median() {
  for _ in 1 2 3 4 5; do seconds "$@"; echo; done | sort -n | sed -n 3p
}

year() {
  "$yisong" simulate --province --cases "$cases" --json \
    --ledger "$folder/year.db" --agencies "$folder/year" > "$folder/year.json"
}

report() {
  printf '%-34s %8s s   %8.0f letters/s   %5.2f of log verify\n' "$1" "$2" \
    "$(awk -v n="$letters" -v s="$2" 'BEGIN { print n / (s + 0.001) }')" \
    "$(awk -v s="$2" -v v="$verify" 'BEGIN { print s / (v + 0.001) }')"
}

start=$(date +%s)
year
letters=$(sed 's/.*"log":{"expected":\([0-9]*\).*/\1/' "$folder/year.json")
echo "a year of $cases cases: $letters letters in the log, $(( $(date +%s) - start )) s"
verify=$(median "$yisong" log verify --ledger "$folder/year.db")
report 'log verify' "$verify"
report 'supervise' "$(median "$yisong" supervise --json --at 2026-01-01T00:00:00+08:00 \
  --ledger "$folder/year.db" --agencies "$folder/year")"
for period in 2025 2025-Q1 2025-03; do
  report "stats $period" "$(median "$yisong" stats --json --period "$period" \
    --ledger "$folder/year.db" --agencies "$folder/year")"
done
