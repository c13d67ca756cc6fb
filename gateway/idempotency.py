"""Was this very request answered before? An `Idempotency-Key` makes a repeated POST safe: one effect, the same answer.

A key belongs to its caller for a day. The first request with it runs to its end even when its client leaves, so that the repeat
finds an answer; repeats meanwhile wait for it. Only final answers are kept: what failed for want of time, room or health is run
again when it is repeated. A gateway that dies in the middle leaves a claim that lapses; the next repeat then runs again.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Protocol

from gateway.problems import Problem, retry_after

KEPT = timedelta(hours=24)
_LONGEST_KEY = 255
_PASSING = frozenset({429, 499})
_FAULTS = 500
_POLL_SECONDS = 0.2
_SOON = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Saved:
    """One whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_final(self) -> bool:
        """Whether a repeat could hear nothing else: a 504 kept for a day would answer all day for one slow moment."""
        return self.status < _FAULTS and self.status not in _PASSING


class Claim(Enum):
    """What the ledger says to a request whose answer it does not hold."""

    MINE = "run it"
    TAKEN = "somebody runs it"
    OTHER = "the key came with another request"


class Ledger(Protocol):
    """Keeps claims and answers, for all gateways of the house. Blocks: call it in a thread. Raises StoreUnavailable."""

    def claim(self, name: str, fingerprint: str, lease: timedelta) -> Saved | Claim:
        """The answer, or who runs the request now; a lapsed claim is handed on."""
        ...

    def keep(self, name: str, answer: Saved) -> None:
        """Keeps the answer of a claimed request for KEPT."""
        ...

    def release(self, name: str) -> None:
        """Forgets a claim without an answer."""
        ...


class Idempotency:
    """Runs a keyed request once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._running: dict[str, tuple[str, asyncio.Task[tuple[Saved, bool]]]] = {}

    async def once(
        self, name: str, fingerprint: str, run: Callable[[], Awaitable[Saved]], *, seconds: float
    ) -> tuple[Saved, bool]:
        """The answer, and whether it is a repeated one. `seconds` bounds `run`. Raises Problem for another request's key."""
        known = self._running.get(name)
        if known is None:
            task = asyncio.create_task(self._lead(name, fingerprint, run, seconds=seconds))
            self._running[name] = fingerprint, task
            task.add_done_callback(lambda _: self._running.pop(name, None))
            return await asyncio.shield(task)
        if known[0] != fingerprint:
            raise Problem("idempotency-key-reused")
        saved, _ = await asyncio.shield(known[1])
        return saved, True

    async def drain(self) -> None:
        """Waits for the requests that run on without their clients."""
        await asyncio.gather(*(task for _, task in self._running.values()), return_exceptions=True)

    async def _lead(
        self, name: str, fingerprint: str, run: Callable[[], Awaitable[Saved]], *, seconds: float
    ) -> tuple[Saved, bool]:
        # Longer than the call can take, so that a claim lapses only when its gateway died.
        claim = await self._claim(name, fingerprint, timedelta(seconds=seconds + 30), seconds)
        if isinstance(claim, Saved):
            return claim, True
        try:
            answer = await run()
        except BaseException:
            await asyncio.to_thread(self._ledger.release, name)
            raise
        if answer.is_final:
            await asyncio.to_thread(self._ledger.keep, name, answer)
        else:
            await asyncio.to_thread(self._ledger.release, name)
        return answer, False

    async def _claim(self, name: str, fingerprint: str, lease: timedelta, seconds: float) -> Saved | Claim:
        for _ in range(1 + round(seconds / _POLL_SECONDS)):
            claim = await asyncio.to_thread(self._ledger.claim, name, fingerprint, lease)
            if claim is Claim.OTHER:
                raise Problem("idempotency-key-reused")
            if claim is not Claim.TAKEN:
                return claim
            await asyncio.sleep(_POLL_SECONDS)  # another gateway of the house runs it
        raise Problem("conflict", "The same request is still running.", headers=retry_after(_SOON))


def name_of(caller: str, key: str) -> str:
    """Under which name a caller's key is kept. Raises Problem for what is no key."""
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Problem("invalid-argument", f"Idempotency-Key: must be 1 to {_LONGEST_KEY} printable ASCII characters")
    return hashlib.sha256(f"{caller}\0{key}".encode()).hexdigest()


def fingerprint_of(rpc: str, request: bytes) -> str:
    """What makes two requests the same: the method and the message, not how its JSON was spaced."""
    return hashlib.sha256(rpc.encode() + b"\0" + request).hexdigest()
