#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# An agency's adapter by a stranger's hand: curl and nothing of ours. Each file
# of out/ is submitted until it is taken or refused; each letter that came is
# put into in/, once.   stranger.sh BASE-URL TOKEN FOLDER   (one round)
set -euo pipefail
base=$1 token=$2 folder=$3
mkdir -p "$folder"/{out,sent,refused,in}
call() { curl --silent --show-error --max-time 60 -H "Authorization: Bearer $token" "$@"; }

for file in "$folder"/out/*; do
    [ -f "$file" ] || continue
    name=$(basename "$file")
    case $name in *.json) type=application/json ;; *) type=application/xml ;; esac
    # The key is made once per file, before the first try.
    [ -s "$folder/.$name.key" ] || cat /proc/sys/kernel/random/uuid >"$folder/.$name.key"
    status=$(call -o "$folder/.answer" -w '%{http_code}' -H "Content-Type: $type" \
        -H "Idempotency-Key: $(cat "$folder/.$name.key")" \
        --data-binary @"$file" "$base/letters") || continue
    case $status in
    202) mv "$folder/.answer" "$folder/sent/$name.answer.json" && mv "$file" "$folder/sent/" ;;
    4??) mv "$folder/.answer" "$folder/refused/$name.problem.json" && mv "$file" "$folder/refused/" ;;
    *) continue ;; # later, with the same key
    esac
    rm "$folder/.$name.key"
done

while
    page=$(call "$base/inbox?only=waiting&limit=20")
    ids=$(grep -o '"id":"[0-9a-f-]*"' <<<"$page" | cut -d'"' -f4)
    [ -n "$ids" ]
do
    for id in $ids; do
        call --fail -D "$folder/.head" -o "$folder/.letter" "$base/inbox/$id"
        case $(grep -i '^content-type:' "$folder/.head") in *json*) end=json ;; *) end=xml ;; esac
        jws=$(sed -n 's/^yisong-jws: *\([^\r]*\)\r*$/\1/Ip' "$folder/.head")
        [ -z "$jws" ] || printf %s "$jws" >"$folder/in/$id.json.jws"
        mv "$folder/.letter" "$folder/in/$id.$end"
        call --fail -X POST -d '' "$base/inbox/$id/taken"
    done
done
