#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The init job: makes, once, the authority, every agency's keys and settings,
# and the broker's certificate and definitions. Each lies in a volume of its
# own, so that no container can read another's key; the authority's own keys
# are in a volume that no other container mounts.
set -eu
umask 077
cd /landscape
here=/usr/share/yisong/agencies.csv
[ ! -e broker/definitions.json ] || exit 0

settings() { # FIRST-LINES: what router and adapters have in common follows
    cat <<END
$1
agencies = /registry
key = keys/signing.key
certificate = keys/signing.pem
tls_authority = keys/authority.pem
tls_certificate = keys/tls.pem
tls_key = keys/tls.key
broker_host = broker
END
}

adapter_settings() { # AGENCY ROLE
    answer=no
    case $2 in credit-platform | bank) answer=yes ;; esac
    settings "agency = $1
mailbox = mailbox.db
spool = spool
answer_cards = $answer"
}

yisong agencies init authority/centre
while IFS=, read -r id role chinese english region level suite; do
    [ "$id" != id ] || continue

    yisong agencies add authority/centre --id "$id" --role "$role" \
        --chinese "$chinese" --english "$english" --region "$region" \
        --level "$level" --suite "$suite" --out "$id/keys"
    case $role in
    exchange)
        settings "ledger = ledger.db" >"$id/router.conf"
        settings "ledger = ledger.db
evidence = evidence" | grep -vE '^(key|certificate) =' >"$id/evidence-store.conf"
        ;;
    *) adapter_settings "$id" "$role" >"$id/adapter.conf" ;;
    esac
done <"$here"
yisong agencies broker authority/centre --host broker --out broker/tls
cp authority/centre/registry.xml authority/centre/authority.pem registry/
cp -r authority/centre/revoked registry/
yisong topology --agencies authority/centre >broker/definitions.new
mv broker/definitions.new broker/definitions.json
