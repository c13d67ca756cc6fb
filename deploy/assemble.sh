#!/bin/sh
# Lays out /app inside the image build: what the program SERVICE reads, and /app/start, which becomes it.
set -eu
cd /context
mkdir /app
case "$SERVICE" in
gateway)
    module=gateway
    mkdir /app/frontend
    cp -r kernel gateway gen /app/
    cp -r frontend/dist /app/frontend/
    ;;
*)
    module=services.$SERVICE
    mkdir /app/services
    cp -r kernel facts untrusted upstreams gen /app/
    cp services/__init__.py /app/services/
    cp -r "services/$SERVICE" /app/services/
    ;;
esac
cp LICENSE /app/
find /app -name __pycache__ -prune -exec rm -r {} +
printf '#!/bin/sh\nexec python3 -m %s "$@"\n' "$module" >/app/start
chmod 755 /app/start
python3 -m compileall -q --invalidation-mode unchecked-hash /app
