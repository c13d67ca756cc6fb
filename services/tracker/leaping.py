"""How is a stretch of history that the source refuses passed by, and how small can the hole be made?

Going down, it is leapt over in doubling spans until the source answers below it; then both edges are halved in on.
Nothing is asked here: a leap says what to ask, and what an answer or a refusal makes of it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.tracker.domain import EARLIEST, Hole

_FIRST_SPAN = 900
_FINEST = 60
"""Seconds to which an edge is narrowed down."""


class Search(StrEnum):
    """What is being looked for: where the source answers again below, then the upper edge of the hole, then its lower one."""

    END = "end"
    UPPER = "upper"
    LOWER = "lower"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Leap:
    """The refused stretch lies in [floor, top); `bottom` is where the window ends that it lies in.

    Asking for [above, top) is refused, and so is asking for the newest plays before `below`.
    """

    search: Search
    bottom: int | None
    floor: int
    top: int
    above: int
    below: int
    reason: str

    @classmethod
    def begin(cls, top: int, bottom: int | None, reason: str) -> "Leap":
        """The smallest page before `top` is refused."""
        floor = max(_lowest(bottom), top - _FIRST_SPAN)
        return _settled(cls(Search.END, bottom, floor, top, floor, top, reason))

    @property
    def hole(self) -> Hole | None:
        """What will not be answered; None where all was, in the end."""
        return Hole(self.floor, self.top, self.reason) if self.floor < self.top else None

    def bounds(self) -> tuple[int | None, int]:
        """The window to ask for next."""
        if self.search is Search.END:
            return self.bottom, self.floor
        if self.search is Search.UPPER:
            return (self.above + self.top) // 2, self.top
        return self.floor, (self.floor + self.below) // 2

    def answered(self, whole: tuple[int, int]) -> tuple["Leap", tuple[int, int] | None]:
        """After an answer by which the seconds `whole` lie behind us; and what of the asked window is yet to be read, if any."""
        if self.search is Search.END:
            return _settled(replace(self, search=Search.UPPER, above=self.floor)), None
        if self.search is Search.UPPER:
            return _settled(replace(self, top=whole[0])), None
        rest = (self.floor, whole[0]) if whole[0] > self.floor else None
        return _settled(replace(self, floor=whole[1])), rest

    def refused(self) -> "Leap":
        """After one more refusal."""
        if self.search is Search.END:
            if self.floor == _lowest(self.bottom):
                return _settled(replace(self, search=Search.UPPER, above=self.floor))
            floor = max(_lowest(self.bottom), self.top - 2 * (self.top - self.floor))
            return _settled(replace(self, floor=floor, below=self.floor))
        since, until = self.bounds()
        return _settled(replace(self, above=since or 0) if self.search is Search.UPPER else replace(self, below=until))


def _settled(leap: Leap) -> Leap:
    """On to the next search when this one has nothing left to ask."""
    if leap.search is Search.END and leap.bottom is not None and leap.floor <= leap.bottom:
        return _settled(replace(leap, search=Search.UPPER, above=leap.floor))
    if leap.search is Search.UPPER and leap.top - leap.above <= _FINEST:
        return _settled(replace(leap, search=Search.LOWER, below=min(leap.below, leap.top)))
    if leap.search is Search.LOWER and leap.below - leap.floor <= _FINEST:
        return replace(leap, search=Search.DONE)
    return leap


def _lowest(bottom: int | None) -> int:
    return EARLIEST if bottom is None else bottom
