"""How the sandbox is started: `python -m sandbox --port 8090`."""

import argparse
from datetime import UTC, datetime

from sandbox.server import serve
from sandbox.wiring import build


def main() -> None:
    """Serves until SIGTERM or SIGINT; the first line on standard output is `{"url": ...}`."""
    parser = argparse.ArgumentParser(prog="sandbox", description="A simulated internet for SoniqueBay.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090, help="0 picks a free port")
    parser.add_argument("--seed", type=int, default=1, help="changes listening histories and random faults")
    parser.add_argument("--no-limits", action="store_true", help="never refuse for asking too often")
    arguments = parser.parse_args()

    app = build(seed=arguments.seed, limited=not arguments.no_limits, started_at=datetime.now(UTC))
    serve(app, host=arguments.host, port=arguments.port)


if __name__ == "__main__":
    main()
