#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Never lost, never twice, in the long form: 10,000 letters through router and
# adapters while all of them, and RabbitMQ, are killed with SIGKILL. The short
# form is tests/system/never_lost.test.mjs.
#
#   chaos.sh [--letters N] [--seed N]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export YISONG=${YISONG:-$root/build/release/yisong}
export YISONG_SOURCE=$root
[ -x "$YISONG" ] || { echo "chaos.sh: no $YISONG: run ./dev build first" >&2; exit 3; }
# Its AMQP client is one of the packages of the tests.
[ -d "$root/tests/node_modules/amqplib" ] || (cd "$root/tests" && npm ci --no-audit --no-fund)
exec node "$here/chaos.mjs" "$@"
