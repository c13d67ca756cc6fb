"""Which image is shown once the sources have been asked? Rules, without any asking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.cover.domain import Outcome, Shown, State, Tried

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=12)
_UNKNOWN: Final = (Outcome.FAULT, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what was learnt is believed: that this is the image to show, and that there is none."""

    found: timedelta
    absent: timedelta


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a cover; `shown` is None where a placeholder stands in.

    `is_stale`: a source that counts more than that of the image gave no answer. `is_unanswered`: something has still to be asked.
    """

    state: State
    shown: Shown | None
    is_stale: bool
    is_unanswered: bool
    next_check_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """The sources were asked in this order, the last of them having what is `found`.

    `is_whole`: all was known that they are asked by. `rounds`: how often in a row before something could not be asked.
    """

    tried: Sequence[Tried]
    found: Shown | None
    is_whole: bool
    rounds: int


def settle(held: Shown | None, asked: Asked, *, now: datetime, patience: Patience) -> Settled:
    """What becomes of a cover that shows what is `held`."""
    faults = [each for each in asked.tried if each.outcome is Outcome.FAULT]
    is_unanswered = bool(faults) or not asked.is_whole
    shown = _better(held, asked)
    believed = patience.found if shown else patience.absent
    next_check_at = now + (_wait(faults, asked.rounds) if is_unanswered else believed)
    if shown is None:
        return Settled(State.PENDING if is_unanswered else State.ABSENT, None, False, is_unanswered, next_check_at)
    return Settled(State.FOUND, shown, bool(faults), is_unanswered, next_check_at)


def _better(held: Shown | None, asked: Asked) -> Shown | None:
    """The last good image stays until a better one is there, or its own source says that it has it no more.

    A source that was not reached counts less than the one that has something, or is off.
    """
    found = asked.found
    if held is None or found is None:
        return found or held
    if (held.source, held.digest) == (found.source, found.digest):
        return replace(found, image_id=held.image_id, found_at=held.found_at)
    outcomes = {each.source: each.outcome for each in asked.tried}
    return held if outcomes.get(held.source) in _UNKNOWN else found


def _wait(faults: Sequence[Tried], rounds: int) -> timedelta:
    """Four times longer each time, and not before the first of those who named a time."""
    growing: timedelta = min(_LONGEST_WAIT, _FIRST_WAIT * 4 ** min(rounds, 10))
    named = [each.retry_after for each in faults if each.retry_after is not None]
    return max(growing, min(named)) if named else growing
