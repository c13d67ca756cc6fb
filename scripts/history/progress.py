"""An import as the gateway shows it: the few fields that a person follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

PENDING, RUNNING, PAUSED = "IMPORT_STATE_PENDING", "IMPORT_STATE_RUNNING", "IMPORT_STATE_PAUSED"
SUCCEEDED, FAILED, CANCELLED = "IMPORT_STATE_SUCCEEDED", "IMPORT_STATE_FAILED", "IMPORT_STATE_CANCELLED"


def _plain(text: object) -> object:
    """One line without control characters: what an upstream once said goes to a terminal."""
    return "".join(each if each.isprintable() else " " for each in text)[:500] if isinstance(text, str) else text


def _seconds(text: object) -> object:
    """`3.5s`, as the gateway spells a duration."""
    return float(text.removesuffix("s")) if isinstance(text, str) else text


Text = Annotated[str, BeforeValidator(_plain)]


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import has counted."""

    seen: int = 0
    imported: int = 0
    known: int = 0
    edited: int = 0
    removed: int = 0
    quarantined: int = 0
    requests: int = 0
    new_albums: int = 0
    albums_to_enrich: int = 0


@dataclass(frozen=True, slots=True)
class Hole:
    """A span of time the source would not answer for; the end is the second after its last."""

    begins_at: Annotated[datetime | None, Field(validation_alias="from_time")] = None
    ends_at: Annotated[datetime | None, Field(validation_alias="to_time")] = None
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class Import:
    """One walk through a history."""

    id: Annotated[Text, Field(min_length=1)]
    state: Annotated[str, BeforeValidator(str)]
    summary: Text = ""
    limit: int = 0
    counts: Annotated[Counts, BeforeValidator(lambda value: value or {})] = Counts()
    total_plays: int | None = None
    plays_per_second: float = 0.0
    time_left: Annotated[timedelta | None, BeforeValidator(_seconds)] = None
    holes: tuple[Hole, ...] = ()
    error: Text = ""
    retry_at: Annotated[datetime | None, Field(validation_alias="retry_time")] = None
    created_at: Annotated[datetime | None, Field(validation_alias="create_time")] = None
    updated_at: Annotated[datetime | None, Field(validation_alias="update_time")] = None
    ended_at: Annotated[datetime | None, Field(validation_alias="end_time")] = None

    @property
    def has_ended(self) -> bool:
        return self.state in (SUCCEEDED, FAILED, CANCELLED)

    @property
    def total(self) -> int | None:
        """Plays there are to see, once the source has said."""
        if self.total_plays is None:
            return None
        return min(self.total_plays, self.limit) if self.limit else self.total_plays


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an import."""

    event_id: str
    progress: Import


IMPORT, EVENT = TypeAdapter(Import), TypeAdapter(Event)
"""Readers of JSON. Raise ValueError for what is neither."""
