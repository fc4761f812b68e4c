#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Entry point of the broker image: the cookie (Erlang's own has little
# entropy), then RabbitMQ itself, without Debian's wrapper that changes user.
set -eu
umask 077
cookie="$HOME/.erlang.cookie"
if [ ! -s "$cookie" ]; then
    head -c 33 /dev/urandom | base64 | tr -d '/+=\n' >"$cookie.new"
    chmod 400 "$cookie.new"
    mv "$cookie.new" "$cookie"
fi
if [ "${1:-}" = health ]; then
    exec /usr/lib/rabbitmq/bin/rabbitmq-diagnostics -q check_port_listener 5671
fi
RABBITMQ_ALLOW_INPUT=1 exec /usr/lib/rabbitmq/bin/rabbitmq-server -noinput
