#!/bin/sh
# Sees to it that there is a promtool for the tests of the alerts: takes it out of Debian's package, without installing that or starting
# anything, else says what to install. Answers its path.
set -eu

at=$(dirname "$0")/../.venv/promtool
command -v promtool && exit 0
if [ ! -x "$at/usr/bin/promtool" ] && command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
    echo "Getting promtool for the tests of the alerts …" >&2
    fetched=$(mktemp -d)
    trap 'rm -rf "$fetched"' EXIT
    chmod 755 "$fetched" # apt fetches as a user of its own
    get() { (cd "$fetched" && apt-get -qq download prometheus); }
    { get || { [ "$(id -u)" -eq 0 ] && apt-get -qq update && get; }; } >/dev/null 2>&1 || true
    for package in "$fetched"/*.deb; do
        [ -f "$package" ] || continue
        mkdir -p "$at"
        dpkg --fsys-tarfile "$package" | tar -x -C "$at" ./usr/bin/promtool
    done
fi
[ -x "$at/usr/bin/promtool" ] && echo "$at/usr/bin/promtool" && exit 0
echo "The tests of the alerts need promtool: install prometheus (on Debian: sudo apt install prometheus)." >&2
exit 1
