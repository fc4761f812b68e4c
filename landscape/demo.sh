#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Plays the main job on a whole landscape (up.sh) and leaves nothing running:
# a case goes from the bureau to the police, is completed, and is filed; the
# procuratorate sees all of it; a red card reaches credit platform and bank.
# The facts are those of a published case (Zaoyang, 2023).
#
#   demo.sh [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export YISONG=${YISONG:-$root/build/release/yisong}
folder=${1:-$root/build/demo}
letters=$root/tests/data/messages

bold='' dim='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi
say() { case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) echo "$1" ;; *) echo "$2" ;; esac; }
now=$(TZ=Asia/Shanghai date -Is)
number=0
step() {
    number=$((number + 1))
    echo
    say "$bold$number. $1$plain" "$bold$number. $2$plain"
}
show() { # COMMAND: shown, then run
    echo "$dim\$ yisong $*$plain"
    "$YISONG" "$@"
}
of() { echo "$folder/$1/adapter.conf"; }

# Waits for a letter of a type in an agency's mailbox; prints its id.
await() { # AGENCY TYPE
    for _ in $(seq 400); do
        local id
        id=$("$YISONG" inbox -c "$(of "$1")" --all --json |
            tr '{' '\n' | grep -F "\"type\":\"$2\"" | tail -n 1 |
            sed -n 's/.*"id":"\([^"]*\)".*/\1/p' || true)
        if [ -n "$id" ]; then
            echo "$id"
            return
        fi
        sleep 0.05
    done
    say "没有等到 $1 收到 $2" "$1 never got $2" >&2
    exit 3
}

# Waits until a file of evidence is whole at an agency.
await_evidence() { # AGENCY
    for _ in $(seq 400); do
        if "$YISONG" evidence list -c "$(of "$1")" --json |
            grep -qF '"state":"whole"'; then return; fi
        sleep 0.05
    done
    say "没有等到 $1 收齐证据" "$1 never got the evidence" >&2
    exit 3
}

# A letter of the example set, decided just now and without an id of its own.
draft() { # FILE
    sed -e "s#\(<decidedAt>\)[^<]*#\1$now#" -e '0,/<id>/{/<id>/d}' \
        -e "s#\(\"decidedAt\": *\"\)[^\"]*#\1$now#" \
        -e '0,/"id":/{/"id":/d}' "$letters/$1" >"$folder/$1"
    echo "$folder/$1"
}

finish() { "$here/down.sh" --now "$folder" >/dev/null 2>&1 || true; }
trap finish EXIT
finish
rm -rf "$folder"
mkdir -p "$folder"

step "启动：认证机构、RabbitMQ（仅本机、仅 TLS）、交换中心、六个机关的前置机" \
    "Start: an authority, RabbitMQ (loopback, TLS only), the router, six adapters"
"$here/up.sh" "$folder" >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    exit 3
}
mv "$folder.log" "$folder/up.log"
show agencies list "$folder/centre"

step "生态环境分局向公安局移送涉嫌犯罪案件，附执法录像（20 MB），抄送检察院" \
    "The bureau transfers a suspected crime to the police with a recording, copy to the procuratorate"
head -c 20000000 /dev/urandom >"$folder/执法录像.mp4"
show send -c "$(of ecology-zaoyang)" "$(draft criminal-case-transfer.xml)" \
    "$folder/执法录像.mp4"
transfer=$(await police-zaoyang criminal-case-transfer)
await procuratorate-zaoyang criminal-case-transfer >/dev/null
await ecology-zaoyang delivery-receipt >/dev/null
show inbox -c "$(of police-zaoyang)"
await_evidence police-zaoyang
await_evidence procuratorate-zaoyang
show evidence list -c "$(of police-zaoyang)"
show outbox -c "$(of ecology-zaoyang)"

step "公安局未出回执就发立案通知书：交换中心拒收，并说明依据和合法做法" \
    "The police file before they accepted: refused, with the ground and what is lawful"
show reply -c "$(of police-zaoyang)" "$transfer" --type filing-decision-notice \
    --number 枣公（森）立字〔2026〕18号 --field outcome=filed \
    --copy procuratorate-zaoyang
show inbox show -c "$(of police-zaoyang)" "$(await police-zaoyang refusal)"

step "公安局立即出具接受案件回执（第七条），并书面告知补正材料（第八条）" \
    "The police accept at once (art. 7) and ask for what is missing (art. 8)"
show reply -c "$(of police-zaoyang)" "$transfer" --type acceptance-receipt \
    --field acceptedAt="$now" --field officers.name=李某 \
    --field receiptNumber=枣公受〔2026〕88号
await ecology-zaoyang acceptance-receipt >/dev/null
show reply -c "$(of police-zaoyang)" "$transfer" \
    --type material-deficiency-notice --field subject=补正案件材料 \
    --field reason=移送材料清单缺项 --field items.name=现场勘验图 \
    --field items.requirement=加盖公章的原件一份
deficiency=$(await ecology-zaoyang material-deficiency-notice)

show case list --ledger "$folder/exchange/ledger.db"

step "分局在三日内补正" "The bureau supplies it within three days"
show reply -c "$(of ecology-zaoyang)" "$deficiency" \
    --type material-supplement --field subject=补正案件材料 \
    --field result=supplied --field statement=补交现场勘验图原件一份
await police-zaoyang material-supplement >/dev/null

step "公安局决定立案，通知分局并抄送检察院（第九条）" \
    "The police decide to file, notice to the bureau, copy to the procuratorate (art. 9)"
show reply -c "$(of police-zaoyang)" "$transfer" --type filing-decision-notice \
    --number 枣公（森）立字〔2026〕19号 --field outcome=filed \
    --copy procuratorate-zaoyang
await ecology-zaoyang filing-decision-notice >/dev/null
await procuratorate-zaoyang filing-decision-notice >/dev/null

step "红牌：文件放进 out/ 目录，即达信用平台和银行并自动反馈；银行采取措施" \
    "A red card, a file put into out/, reaches credit platform and bank, is answered"
cp "$(draft card-credit-push.json)" "$folder/ecology-zaoyang/spool/out/card.part"
mv "$folder/ecology-zaoyang/spool/out/card.part" \
    "$folder/ecology-zaoyang/spool/out/card.json"
card=$(await bank-zaoyang card-credit-push)
await ecology-zaoyang punishment-acceptance >/dev/null
show blacklist lookup -c "$(of bank-zaoyang)" 91420683MA0000015G
show reply -c "$(of bank-zaoyang)" "$card" --type punishment-feedback \
    --field stage=measured --field measures.name=不予新增贷款 \
    --field measures.status=applied
await ecology-zaoyang punishment-feedback >/dev/null

step "案件全程：谁在何时说了什么，期限如何" \
    "The whole case: who said what when, and the clocks"
show case show --ledger "$folder/exchange/ledger.db" \
    --agencies "$folder/centre" zaoyang-2023-0908

step "银行此刻看到的黑名单" "The blacklist as the bank sees it"
show blacklist list -c "$(of bank-zaoyang)"

step "导出案卷并独立核验；核验整个日志" \
    "Export the case, judge it without the ledger; verify the whole log"
show case export --ledger "$folder/exchange/ledger.db" \
    --agencies "$folder/centre" --out "$folder/evidence" zaoyang-2023-0908
show case check "$folder/evidence" --authority "$folder/centre/authority.pem"
show log verify --ledger "$folder/exchange/ledger.db"

echo
say "演示完毕，已全部停止。想自己动手：./dev up 启动，./dev down 停止。" \
    "Done, all stopped. To play yourself: ./dev up starts it, ./dev down ends it."
say "数据留在 $folder" "The data stay in $folder"
