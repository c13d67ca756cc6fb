"""In which order are the sources of a cover asked, and what becomes of each answer?"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import structlog

from kernel import deadline
from kernel.errors import DeadlineSpent, OwnFault, ProviderFault
from services.cover.choosing import Asked
from services.cover.domain import Image, Kind, NoPicture, Outcome, Picture, Shown, SourceName, Subject, Tried
from services.cover.house import Completed
from services.cover.imaging.looks import Rejected
from services.cover.providers import FindsPictures

_AT_HOME = (SourceName.EMBEDDED, SourceName.LOCAL)
_log = structlog.get_logger(__name__)


class KeepsPictures(Protocol):
    """Whoever makes images of pictures, and keeps them."""

    def keep(self, picture: Picture) -> tuple[Shown, Image]:
        """The image, in the store. Raises Rejected and OwnFault."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources of one kind of cover, in the order of asking; `off` says of those that are off what would switch them on."""

    on: Mapping[SourceName, FindsPictures]
    off: Mapping[SourceName, str]
    order: tuple[SourceName, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of asking; `image` is that of what was found."""

    asked: Asked
    image: Image | None


class Chain:
    """Asks one source after the other until one of them has a picture that can be shown."""

    def __init__(self, sources: Mapping[Kind, Sources], keeper: KeepsPictures, poisoned: Callable[[str], bool]) -> None:
        """`poisoned` tells whether a picture of this digest was found to be everybody's."""
        self._sources = sources
        self._keeper = keeper
        self._poisoned = poisoned

    def ask(self, subject: Subject, complete: Callable[[Subject], Completed], rounds: int) -> Result:
        """`complete` is called before the first source outside: those are asked by what providers say.

        Raises OwnFault where we are what is wrong (no room, no program to decode with), and DeadlineSpent.
        """
        tried: list[Tried] = []
        is_whole, is_complete = True, False
        for name, source in self._in_order(subject, tried):
            if name not in _AT_HOME and not is_complete:
                completed, is_complete = complete(subject), True
                subject, is_whole = completed.subject, completed.is_whole
            found = self._try(name, source, subject, tried)
            if found is not None:
                return Result(Asked(tried, found[0], is_whole, rounds), found[1])
        return Result(Asked(tried, None, is_whole, rounds), None)

    def _in_order(self, subject: Subject, tried: list[Tried]) -> Iterator[tuple[SourceName, FindsPictures]]:
        sources = self._sources[subject.ref.kind]
        for name in sources.order:
            deadline.check()
            if name in sources.on:
                yield name, sources.on[name]
            else:
                tried.append(Tried(name, Outcome.SKIPPED, sources.off.get(name, "It is off.")))

    def _try(self, name: SourceName, source: FindsPictures, subject: Subject, tried: list[Tried]) -> tuple[Shown, Image] | None:
        try:
            answer = source.find(subject)
        except DeadlineSpent:
            raise
        except (ProviderFault, OwnFault) as error:
            tried.append(Tried(name, Outcome.FAULT, str(error), retry_after=error.retry_after))
            return None
        except Exception as error:  # noqa: BLE001 - what one source's answer leads us to must not keep the others from being asked
            _log.error("source_failed", source=str(name), cover=str(subject.ref), exc_info=error)
            tried.append(Tried(name, Outcome.FAULT, f"A bug ({type(error).__name__}); our log has the rest."))
            return None
        if isinstance(answer, NoPicture):
            tried.append(Tried(name, answer.outcome, answer.reason, held=answer.held))
            return None
        with closing(answer) as picture:
            try:
                shown, image = self._keeper.keep(picture)
            except Rejected as error:
                outcome = Outcome.FAULT if error.may_pass else Outcome.REJECTED
                tried.append(Tried(name, outcome, str(error), held=picture.held))
                return None
            if self._poisoned(shown.digest):
                reason = "It is the same picture as that of many others, so it is nobody's."
                tried.append(Tried(name, Outcome.REJECTED, reason, held=picture.held))
                return None
            tried.append(Tried(name, Outcome.HIT, f"Found: {picture.origin}", held=picture.held, taken=picture.taken))
            return shown, image
