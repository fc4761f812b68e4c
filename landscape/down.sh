#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Ends what up.sh started, by the process ids that it wrote down.
#
#   down.sh [--now] [FOLDER]     --now: the broker is not asked to tidy up
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
how="stop"
if [ "${1:-}" = --now ]; then
    how="kill"
    shift
fi
folder=${1:-$(dirname "$here")/build/landscape}
[ -d "$folder" ] || exit 0
folder=$(cd "$folder" && pwd)

# Whether the process runs and is ours: an id that the kernel has given away
# since is not taken for it.
is_running() { # PID
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qF "$folder/"
}

pids=
for file in "$folder"/run/*.pid; do
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    rm -f "$file"
    if is_running "$pid" && kill "$pid" 2>/dev/null; then
        pids="$pids $pid"
    fi
done
for pid in $pids; do
    for _ in $(seq 200); do
        is_running "$pid" || break
        sleep 0.05
    done
done
"$here/broker.sh" "$how" "$folder"
