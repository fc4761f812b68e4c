#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Ends what up.sh started, by the process ids that it wrote down.
#
#   down.sh [--now] [FOLDER]     --now: the broker is not asked to tidy up
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
how=stop
if [ "${1:-}" = --now ]; then
    how=kill
    shift
fi
folder=${1:-$(dirname "$here")/build/landscape}
[ -d "$folder" ] || exit 0

for file in "$folder"/run/*.pid; do
    [ -s "$file" ] || continue
    pid=$(cat "$file")
    # An id that the kernel has given away since is not ours.
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$folder/"; then
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
    fi
    rm -f "$file"
done
"$here/broker.sh" "$how" "$folder"
