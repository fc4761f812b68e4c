#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A private RabbitMQ on loopback: own directories, own ports, own epmd, TLS and
# SASL EXTERNAL only. Works as root and as any other user, and never touches
# the system's own rabbitmq-server. See README.md beside it.
set -eu

plugins=rabbitmq_auth_mechanism_ssl,rabbitmq_consistent_hash_exchange
needed="rabbit rabbit_common rabbitmq_prelaunch ra aten gen_batch_server osiris
 ranch sysmon_handler stdout_formatter recon observer_cli amqp10_common syslog
 systemd enough seshat jsx credentials_obfuscation cuttlefish getopt
 rabbitmq_auth_mechanism_ssl rabbitmq_consistent_hash_exchange"

usage() {
    cat >&2 <<'END'
usage: broker.sh start|stop|kill|status DIR
       broker.sh revoke DIR LIST.crl...
       broker.sh ctl DIR RABBITMQCTL-ARGUMENT...

  start   starts a broker from DIR/definitions.json and DIR/tls (server.pem,
          server.key, authority.pem), waits until it takes connections and
          prints its address
  stop    ends it and its epmd; what was confirmed is kept in DIR/broker
  kill    the same with SIGKILL: nothing is written any more, nothing that was
          confirmed is lost, and it takes no time
  status  prints the address, or fails with 1 if it does not run
  revoke  gives the broker the authority's revocation lists, at any time; it
          keeps them, and they hold for new connections at once
  ctl     rabbitmqctl on this broker

example: broker.sh start ./landscape-data
END
    exit 2
}

fail() {
    echo "broker.sh: $*" >&2
    exit 1
}

port_is_listening() { # PORT
    grep -qsi "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F:]* 0A" \
        /proc/net/tcp /proc/net/tcp6
}

# A block of ten free ports below the range that the kernel gives to clients.
# Where the search begins depends on the process, so that two brokers started
# at once do not look at the same block.
find_free_block() {
    block=$((20000 + $$ % 1200 * 10))
    tries=0
    while [ $tries -lt 100 ]; do
        offset=0
        while [ $offset -lt 10 ] && ! port_is_listening $((block + offset)); do
            offset=$((offset + 1))
        done
        [ $offset -eq 10 ] && return 0
        block=$((20000 + (block - 20000 + 10) % 12000))
        tries=$((tries + 1))
    done
    fail "no free ports"
}

# Whether the process in this file runs and is ours: an id that the kernel has
# given to somebody else since is not taken for it.
process_is_alive() { # FILE that holds its id
    [ -s "$1" ] || return 1
    { tr '\0' '\n' <"/proc/$(cat "$1")/environ"; } 2>/dev/null |
        grep -qxF "HOME=$broker/home"
}

# The same ports for the whole life of a data directory, so that clients find
# the broker again after a restart.
choose_ports() {
    [ ! -f "$broker/ports" ] || return 0
    find_free_block
    cat >"$broker/ports" <<END
YISONG_AMQPS_PORT=${YISONG_AMQPS_PORT:-$block}
YISONG_EPMD_PORT=${YISONG_EPMD_PORT:-$((block + 1))}
YISONG_DIST_PORT=${YISONG_DIST_PORT:-$((block + 2))}
YISONG_CTL_PORT=${YISONG_CTL_PORT:-$((block + 3))}
END
}

# Everything that RabbitMQ's scripts would otherwise look for in /etc and /var.
load_environment() {
    # shellcheck source=/dev/null
    . "$broker/ports"
    loopback='-kernel inet_dist_use_interface {127,0,0,1}'
    export HOME="$broker/home" LC_ALL=C.UTF-8
    export ERL_EPMD_PORT="$YISONG_EPMD_PORT" ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_NODENAME=yisong@localhost
    export RABBITMQ_CONF_ENV_FILE="$broker/none"
    export RABBITMQ_CONFIG_FILE="$broker/broker.config"
    export RABBITMQ_ADVANCED_CONFIG_FILE="$broker/none.config"
    export RABBITMQ_ENABLED_PLUGINS_FILE="$broker/enabled_plugins"
    export RABBITMQ_MNESIA_BASE="$broker/data"
    export RABBITMQ_LOG_BASE="$broker/log"
    export RABBITMQ_LOGS="$broker/log/broker.log"
    export RABBITMQ_PID_FILE="$broker/node.pid"
    export RABBITMQ_DIST_PORT="$YISONG_DIST_PORT"
    export RABBITMQ_CTL_DIST_PORT_MIN="$YISONG_CTL_PORT"
    export RABBITMQ_CTL_DIST_PORT_MAX=$((YISONG_CTL_PORT + 6))
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="$loopback +S ${YISONG_BROKER_SCHEDULERS:-1:1}"
    export RABBITMQ_CTL_ERL_ARGS="$loopback"
}

# One Erlang file instead of rabbitmq.conf: it is read without translating it,
# which saves a good part of the start, and revocation lists can be set only
# here. "best_effort": an authority that has revoked nobody has no list yet.
write_config() {
    tls="$folder/tls"
    cat >"$broker/broker.config" <<END
[{rabbit, [
   {tcp_listeners, []},
   {ssl_listeners, [{"127.0.0.1", $YISONG_AMQPS_PORT}]},
   {ssl_options, [
      {cacertfile, "$tls/authority.pem"},
      {certfile, "$tls/server.pem"},
      {keyfile, "$tls/server.key"},
      {verify, verify_peer},
      {fail_if_no_peer_cert, true},
      {depth, 1},
      {versions, ['tlsv1.3', 'tlsv1.2']},
      {crl_check, best_effort},
      {crl_cache, {ssl_crl_hash_dir,
                   {internal, [{dir, "$broker/revoked"}]}}}]},
   {auth_mechanisms, ['EXTERNAL']},
   {ssl_cert_login_from, common_name},
   {load_definitions, "$folder/definitions.json"},
   {max_message_size, 4194304},
   {heartbeat, 20},
   {collect_statistics, none},
   {disk_free_limit, 50000000},
   {log, [{console, [{enabled, false}]},
          {file, [{file, "$broker/log/broker.log"}, {level, info}]}]}]}].
END
    echo "[$plugins${YISONG_BROKER_PLUGINS:+,$YISONG_BROKER_PLUGINS}]." \
        >"$broker/enabled_plugins"
}

# RabbitMQ looks into every plugin that it finds, used or not. A folder with
# just what it needs saves a quarter of its start.
trim_plugins() {
    [ -z "${YISONG_BROKER_PLUGINS:-}" ] || return 0
    all=$(dirname "$(readlink -f "$programs/rabbitmq-server")")/../plugins
    mkdir -p "$broker/plugins"
    for name in $needed; do
        for found in "$all/$name"-[0-9]*; do
            [ -e "$found" ] || return 0
            ln -sfn "$found" "$broker/plugins/"
        done
    done
    export RABBITMQ_PLUGINS_DIR="$broker/plugins"
}

write_cookie() {
    [ ! -s "$broker/home/.erlang.cookie" ] || return 0
    head -c 33 /dev/urandom | base64 | tr -d '/+=\n' \
        >"$broker/home/.erlang.cookie"
    chmod 400 "$broker/home/.erlang.cookie"
}

# RabbitMQ goes on without a word when it cannot read the file.
check_definitions() {
    tries=0
    until grep -qs "Importing concurrently" "$broker/log/broker.log"; do
        tries=$((tries + 1))
        if [ $tries -gt 10 ]; then
            kill_all
            fail "RabbitMQ did not take $folder/definitions.json"
        fi
        sleep 0.1
    done
}

wait_until_ready() {
    tries=0
    until port_is_listening "$YISONG_AMQPS_PORT"; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] ||
            { [ $tries -gt 10 ] && ! process_is_alive "$broker/server.pid"; }
        then
            tail -n 40 "$broker/out" "$broker/log/broker.log" >&2 || true
            kill_all
            fail "RabbitMQ did not start; its words are above"
        fi
        sleep 0.1
    done
}

start() {
    if process_is_alive "$broker/server.pid"; then
        fail "it runs already"
    fi
    [ -x "$programs/rabbitmq-server" ] ||
        fail "no $programs/rabbitmq-server: install rabbitmq-server"
    for file in definitions.json tls/authority.pem tls/server.pem tls/server.key; do
        [ -r "$folder/$file" ] || fail "$folder/$file is missing"
    done
    umask 077
    mkdir -p "$broker/home" "$broker/data" "$broker/log" "$broker/revoked"
    choose_ports
    load_environment
    # One that was killed a moment ago may still be letting go of it.
    tries=0
    while port_is_listening "$YISONG_AMQPS_PORT"; do
        tries=$((tries + 1))
        [ $tries -le 100 ] || fail "port $YISONG_AMQPS_PORT is taken"
        sleep 0.05
    done
    write_cookie
    write_config
    trim_plugins
    if [ -f "$broker/log/broker.log" ]; then
        mv "$broker/log/broker.log" "$broker/log/before.log"
    fi
    # It outlives a broker that was killed.
    if ! process_is_alive "$broker/epmd.pid"; then
        epmd -port "$YISONG_EPMD_PORT" -address 127.0.0.1 \
            >/dev/null 2>&1 </dev/null &
        echo $! >"$broker/epmd.pid"
    fi
    cd "$broker" # where Erlang writes its last words
    # With this variable the script becomes the server instead of its parent:
    # one process, one id.
    RABBITMQ_ALLOW_INPUT=1 setsid "$programs/rabbitmq-server" -noinput \
        >"$broker/out" 2>&1 </dev/null &
    echo $! >"$broker/server.pid"
    wait_until_ready
    check_definitions
    echo "amqps://127.0.0.1:$YISONG_AMQPS_PORT"
}

end() { # SIGNAL
    process_is_alive "$broker/server.pid" || return 0
    kill "-$1" "$(cat "$broker/server.pid")"
    tries=0
    while process_is_alive "$broker/server.pid" && [ $tries -lt 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

kill_all() {
    end KILL
    if process_is_alive "$broker/epmd.pid"; then
        kill "$(cat "$broker/epmd.pid")"
    fi
    rm -f "$broker/server.pid" "$broker/epmd.pid"
}

status() {
    process_is_alive "$broker/server.pid" || exit 1
    # shellcheck source=/dev/null
    . "$broker/ports"
    port_is_listening "$YISONG_AMQPS_PORT" || exit 1
    echo "amqps://127.0.0.1:$YISONG_AMQPS_PORT"
}

# A list is found by the hash of its issuer's name. The lists of SM2 issuers
# are left out: TLS runs on P-256, and Erlang cannot read them.
revoke() { # LIST...
    mkdir -p "$broker/revoked"
    for list in "$@"; do
        if openssl crl -in "$list" -noout -text | grep -q SM2; then
            continue
        fi
        name=$(openssl crl -in "$list" -noout -hash)
        cp "$list" "$broker/revoked/$name.r0.new"
        mv "$broker/revoked/$name.r0.new" "$broker/revoked/$name.r0"
    done
}

[ $# -ge 2 ] || usage
action=$1
[ -d "$2" ] || fail "no folder $2"
folder=$(cd "$2" && pwd)
broker="$folder/broker"
programs=${YISONG_RABBITMQ_PROGRAMS:-/usr/lib/rabbitmq/bin}
shift 2

case $action in
start) start ;;
stop)
    end TERM
    kill_all
    ;;
kill) kill_all ;;
status) status ;;
revoke) revoke "$@" ;;
ctl)
    load_environment
    exec "$programs/rabbitmqctl" "$@"
    ;;
*) usage ;;
esac
