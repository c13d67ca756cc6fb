#!/bin/sh
# Lays out what the program SERVICE reads, and `start`, which becomes it: SERVICE=cover assemble.sh [from] [to]. Inside the image build
# from /context to /app.
set -eu
from=${1:-/context}
to=${2:-/app}

mkdir -p "$to"
cd "$from"
case "$SERVICE" in
gateway)
    module=gateway
    mkdir "$to/frontend"
    cp -r kernel gateway gen "$to/"
    cp -r frontend/dist "$to/frontend/"
    ;;
*)
    module=services.$SERVICE
    mkdir "$to/services"
    cp -r kernel facts untrusted upstreams gen "$to/"
    cp services/__init__.py "$to/services/"
    cp -r "services/$SERVICE" "$to/services/"
    ;;
esac
cp LICENSE "$to/"
find "$to" -name __pycache__ -prune -exec rm -r {} +
printf '#!/bin/sh\nexec python3 -m %s "$@"\n' "$module" >"$to/start"
chmod 755 "$to/start"
python3 -m compileall -q --invalidation-mode unchecked-hash "$to"
