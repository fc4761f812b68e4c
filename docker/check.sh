#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds both images, brings the compose file up with podman, waits until every
# container is healthy, looks at how they are confined, sends a letter from the
# ecology bureau to the police, and takes everything down again. Works without
# a container daemon and inside a container; needs root.
#
#   docker/check.sh            (about a minute; the first time two)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

store=$PWD/build/containers
project=yisong-check
needed=(podman buildah podman-compose debootstrap runc netavark aardvark-dns
    iptables)

step() { printf '== %s\n' "$*"; }
fail() {
    printf 'check.sh: %s\n' "$*" >&2
    exit 1
}

check_tools() {
    local missing=() package
    for package in "${needed[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
            grep -x installed >/dev/null || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] ||
        fail "missing: apt-get install --no-install-recommends ${missing[*]}"
    [ "$EUID" -eq 0 ] || fail "needs root"
}

# A store and settings of its own. Both limits must be given where the shell may
# not raise them; runc and cgroupfs work in a container and outside.
configure_podman() {
    mkdir -p "$store"
    cat >"$store/containers.conf" <<'END'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
END
    cat >"$store/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$store/graph"
runroot = "$store/run"
END
    export CONTAINERS_CONF=$store/containers.conf
    export CONTAINERS_STORAGE_CONF=$store/storage.conf
    export BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
}

# debian:12 from the mirror that this machine uses, so that no registry is
# needed.
make_base_image() {
    podman image exists docker.io/library/debian:12 && return 0
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
        grep -m1 -E '/debian/?$' || echo http://deb.debian.org/debian)
    step "base image from $mirror"
    debootstrap --variant=minbase bookworm "$store/base" "$mirror" \
        >"$store/debootstrap.log" 2>&1 || fail "see $store/debootstrap.log"
    tar -C "$store/base" -c . | podman import --change 'CMD ["/bin/bash"]' - \
        docker.io/library/debian:12 >/dev/null
    rm -rf "$store/base"
}

build_images() {
    local image
    for image in yisong broker; do
        step "image $image"
        buildah bud --isolation chroot --format docker --layers \
            -f docker/Dockerfile --target "$image" \
            -t "localhost/$([ "$image" = yisong ] || echo yisong-)$image" . \
            >"$store/build-$image.log" 2>&1 ||
            { tail -n 30 "$store/build-$image.log" && fail "image $image"; }
    done
}

compose() {
    podman-compose -p "$project" -f docker/compose.yaml "$@"
}

names() {
    podman ps --format '{{.Names}}' --filter "name=${project}_"
}

# The store is ours alone, so all that is in it goes. Networks are not of the
# store.
take_down() {
    podman rm --force --time 2 --all >"$store/down.log" 2>&1 || true
    podman volume rm --force --all >>"$store/down.log" 2>&1 || true
    podman network rm --force "${project}_default" >>"$store/down.log" 2>&1 ||
        true
}

# podman runs health checks from systemd timers; without systemd they are run
# from here.
wait_until_healthy() {
    local name tries
    for name in broker router evidence ecology police procuratorate court credit bank; do
        tries=0
        until podman healthcheck run "${project}_${name}_1" >/dev/null 2>&1; do
            tries=$((tries + 1))
            if [ $tries -gt 60 ]; then
                podman logs --tail 20 "${project}_${name}_1" 2>&1 || true
                fail "$name is not healthy"
            fi
            sleep 0.5
        done
        printf '   %-14s healthy\n' "$name"
    done
}

# What the kernel says of process 1 in each container, not what was asked for.
check_confinement() {
    local name state
    for name in $(names); do
        state=$(podman exec "$name" sh -c 'grep -E "^(Uid|CapBnd|CapEff|NoNewPrivs)" /proc/1/status; touch /usr/x 2>&1 || true')
        for expected in 'Uid:.10001' 'CapEff:.0000000000000000' \
            'CapBnd:.0000000000000000' 'NoNewPrivs:.1' 'Read-only file system'; do
            grep -qE "$expected" <<<"$state" ||
                fail "$name is not confined: no $expected in: $state"
        done
    done
    step "all run as 10001, no capability, read-only root"
}

inside() { # SERVICE COMMAND...
    local service=$1
    shift
    podman exec -i "${project}_${service}_1" yisong "$@"
}

# The sample letter without its attachments, from the bureau to the police; the
# procuratorate gets a copy.
send_letter() {
    sed -e '/<attachments>/,/<\/attachments>/d' -e '/<attachment>/d' \
        tests/data/messages/criminal-case-transfer.xml |
        inside ecology send -c adapter.conf -
    local tries=0
    until inside ecology outbox -c adapter.conf --json |
        grep '"delivered"' >/dev/null; do
        tries=$((tries + 1))
        [ $tries -le 60 ] || fail "the letter was not delivered"
        sleep 0.5
    done
    inside police inbox -c adapter.conf
    inside router log verify --ledger ledger.db
    inside router case show --ledger ledger.db --agencies /registry \
        zaoyang-2023-0908
}

check_tools
configure_podman
make_base_image
build_images
take_down
trap take_down EXIT
step "up"
compose up --detach --no-build >"$store/up.log" 2>&1 || { cat "$store/up.log" && fail "up"; }
wait_until_healthy
check_confinement
step "a letter"
send_letter
step "down"
