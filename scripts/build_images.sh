#!/bin/bash
# Builds an image of each program for each platform, into deploy/images/: `make images`. Fails where one is larger than it may be.
#
#   PLATFORMS="linux/arm64"   which ones; otherwise both
#   PROGRAMS="gateway cover"  which programs; otherwise all
#   BASE=…                    what they stand on; deploy/Dockerfile says what that has to have
#   TAG=…                     otherwise what git calls this commit
#
# With docker buildx where an engine answers, else with buildah as root, on a base that debootstrap makes of Debian's own packages; for
# a platform that this machine is not, qemu-user-static runs what has to run. The archives go into k3s by `k3s ctr images import`.
set -euo pipefail
cd "$(dirname "$0")/.."

MOST_BYTES=$((130 * 1000 * 1000))
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
read -ra platforms <<<"${PLATFORMS:-linux/amd64 linux/arm64}"
read -ra programs <<<"${PROGRAMS:-$(printf '%s\n' services/*/__main__.py | cut -d/ -f2 | tr '\n' ' ') gateway}"
tag=${TAG:-$(git describe --tags --always --dirty)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    mkdir -p deploy/images
    local build platform program archive missed=0
    build=$(way_to_build)
    name_secrets
    for platform in "${platforms[@]}"; do
        [ "$build" = build_with_buildx ] || prepare_buildah "${platform#linux/}"
        for program in "${programs[@]}"; do
            archive=deploy/images/soniquebay-$program-${platform#linux/}.tar
            rm -f "$archive"
            echo "Building soniquebay/$program:$tag for $platform …"
            "$build" "$program" "${platform#linux/}" "$archive"
            tell_size "$archive" || missed=1
        done
    done
    return $missed
}

way_to_build() {
    if docker buildx version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
        echo build_with_buildx
    elif command -v buildah >/dev/null; then
        echo build_with_buildah
    else
        echo "Neither docker buildx with an engine, nor buildah, is here (on Debian: apt install buildah debootstrap qemu-user-static)." >&2
        return 1
    fi
}

# What this machine trusts is trusted during the build, and is in no image.
name_secrets() {
    secrets=()
    if [ -r "$CERTIFICATES" ]; then
        printf '[global]\ncert = /run/secrets/ca.pem\n' >"$work/pip.conf"
        secrets=(--secret "id=pipconf,src=$work/pip.conf" --secret "id=cabundle,src=$CERTIFICATES")
    fi
}

build_with_buildx() { # program, architecture, archive
    docker buildx build --platform "linux/$2" "${secrets[@]}" ${BASE:+--build-arg "BASE=$BASE"} --build-arg "SERVICE=$1" \
        --file deploy/Dockerfile --tag "localhost/soniquebay/$1:$tag" --output "type=oci,dest=$3" --quiet .
}

build_with_buildah() { # program, architecture, archive
    # chroot and the host's network work where nothing may be mounted or bridged, as in most containers.
    buildah bud --quiet --isolation chroot --network host --layers --arch "$2" "${secrets[@]}" \
        --build-arg "BASE=${BASE:-localhost/soniquebay-base:bookworm-$2}" --build-arg "SERVICE=$1" \
        --file deploy/Dockerfile --tag "localhost/soniquebay/$1:$tag-$2" . >/dev/null
    buildah push --quiet "localhost/soniquebay/$1:$tag-$2" "oci-archive:$3:localhost/soniquebay/$1:$tag"
}

prepare_buildah() { # architecture
    [ "$1" = "$(dpkg --print-architecture)" ] || run_foreign "$1"
    if [ -z "${BASE:-}" ] && ! buildah inspect --type image "localhost/soniquebay-base:bookworm-$1" >/dev/null 2>&1; then
        make_base "$1"
    fi
}

run_foreign() { # architecture
    local machine=$1 registered=/proc/sys/fs/binfmt_misc
    case $1 in arm64) machine=aarch64 ;; amd64) machine=x86_64 ;; esac
    [ -e $registered/register ] || mount -t binfmt_misc none $registered
    [ -e "$registered/qemu-$machine" ] || cat "/usr/lib/binfmt.d/qemu-$machine.conf" >$registered/register
}

make_base() { # architecture
    local root=$work/base-$1 container
    echo "Making a base of Debian packages for $1 (once) …"
    debootstrap --arch="$1" --variant=minbase --include=ca-certificates,python3-minimal,libpython3-stdlib,python3-venv \
        bookworm "$root" http://deb.debian.org/debian >"$work/debootstrap.log" || { tail -n 5 "$work/debootstrap.log" >&2; return 1; }
    rm -rf "$root"/var/{cache/apt,lib/apt/lists,log}/* "$root"/usr/share/{doc,info,locale,man}/*
    container=$(buildah from --arch "$1" scratch)
    buildah add --quiet "$container" "$root" / >/dev/null
    buildah config --arch "$1" --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit --quiet --rm "$container" "localhost/soniquebay-base:bookworm-$1" >/dev/null
    rm -rf "$root"
}

tell_size() { # archive
    local bytes
    bytes=$(stat -c %s "$1")
    echo "$1: $((bytes / 1000000)) MB of at most $((MOST_BYTES / 1000000))"
    [ "$bytes" -le $MOST_BYTES ] || { echo "$1 is too large." >&2; return 1; }
}

main
