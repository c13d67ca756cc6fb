"""How many requests a second does a server answer, and how long does each take? A plain client on keep-alive connections."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Load:
    """What one run measured; times in milliseconds."""

    per_second: float
    p50: float
    p99: float


def post(url: str, body: bytes, *, connections: int = 8, seconds: float = 4.0) -> Load:
    """Posts `body` over and over for so long. Any answer but 200 ends the run."""
    return asyncio.run(_post(url, body, connections, seconds))


async def _post(url: str, body: bytes, connections: int, seconds: float) -> Load:
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
    request = f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
    ends_at = time.perf_counter() + seconds
    times: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_ask(parts.hostname or "", parts.port or 80, request, ends_at, times) for _ in range(connections)))
    elapsed = time.perf_counter() - started
    times.sort()
    return Load(len(times) / elapsed, 1000 * times[len(times) // 2], 1000 * times[int(len(times) * 0.99)])


async def _ask(host: str, port: int, request: bytes, ends_at: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (began := time.perf_counter()) < ends_at:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode("latin-1"))
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        times.append(time.perf_counter() - began)
    writer.close()
