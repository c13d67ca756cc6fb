#!/bin/sh
# Sees to it that there is a browser for the tests of the web app: installs Debian's Chromium where it may, else says what to install.
# The one without windows needs a third less of the machine; not every distribution has it.
set -eu

for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the tests of the web app …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >/dev/null 2>&1 || true
    for name in chromium-headless-shell chromium; do
        apt-get -qq install --yes --no-install-recommends "$name" >/dev/null 2>&1 && exit 0
    done
fi
echo "The tests of the web app need a browser: install chromium (on Debian: sudo apt install chromium-headless-shell)." >&2
exit 1
