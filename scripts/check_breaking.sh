#!/usr/bin/env bash
# Compares the contracts with those of another revision: a change that breaks callers fails.
set -eu
revision=$1
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$revision" protos 2>/dev/null | tar -x -C "$old" 2>/dev/null || exit 0  # it had no contracts yet
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
.venv/bin/python -m grpc_tools.protoc -I"$old/protos" -I"$site" --descriptor_set_out="$old/old.binpb" --include_imports \
    --include_source_info $(cd "$old/protos" && find . -name '*.proto' -printf '%P\n')
.venv/bin/buf breaking gen/soniquebay.binpb --against "$old/old.binpb" --config protos/buf.yaml --exclude-path google
