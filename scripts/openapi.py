"""Writes the OpenAPI document of the gateway from the contracts alone, without anything running.

The web app's types are made of it. The file is touched only when it changes, so that nothing is built anew for nothing.
"""

import sys
from pathlib import Path

import orjson

from gateway import contracts, openapi
from gateway.routes import RouteTable

ROOT = Path(__file__).resolve().parents[1]


def render(binpb: Path) -> bytes:
    """The document as `/openapi.json` answers it to the owner of the machine."""
    contract = contracts.load(binpb)
    return orjson.dumps(openapi.describe(RouteTable(contract).routes, contract.comments, needs_token=False))


def main(arguments: list[str]) -> int:
    """Two arguments: the compiled contracts, and where the document goes."""
    source, target = map(Path, arguments)
    document = render(source)
    if not target.exists() or target.read_bytes() != document:
        target.write_bytes(document)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
