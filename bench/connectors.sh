#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Letters per second through each way of connecting an agency, from its own
# system to the recipient's folder, in a whole exchange; beside letters that
# were signed beforehand and go over AMQP without any adapter, in the same run.
#
#   connectors.sh [--letters N] [--rounds N]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export YISONG=${YISONG:-$root/build/release/yisong}
export YISONG_SOURCE=$root
[ -x "$YISONG" ] || { echo "connectors.sh: no $YISONG: run ./dev build first" >&2; exit 3; }
# Its AMQP client is one of the packages of the tests.
[ -d "$root/tests/node_modules/amqplib" ] || (cd "$root/tests" && npm ci --no-audit --no-fund)
exec node "$here/connectors.mjs" "$@"
