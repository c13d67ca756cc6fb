"""How do requests become what the domain speaks of? Bad input is refused here, by the name of its field."""

from datetime import timedelta
from typing import Any

import grpc

from kernel.errors import InvalidArgument, NotFound
from services.tracker.domain import NETWORK, ImportId, ImportOptions
from services.tracker.telling.journal import PlayFilter
from soniquebay.tracker.v1 import tracker_pb2 as pb

_LARGEST_ID = 2**31 - 1
_LONGEST_TEXT = 500
_MOST_ALBUMS = 100_000
_INTERVAL = 15, 86_400
_ASYNC = "respond-async"
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800


def history_options(request: pb.ImportHistoryRequest) -> ImportOptions:
    """Raises InvalidArgument."""
    return ImportOptions(
        limit=_limit(request.limit),
        skip_existing=_unless_false(request, "skip_existing"),
        albums_limit=_albums_limit(request),
    )


def import_options(request: pb.CreateImportRequest) -> ImportOptions:
    """Raises InvalidArgument naming the field."""
    since, until = _seconds(request, "from"), _seconds(request, "to")
    if since is not None and until is not None and since >= until:
        raise InvalidArgument.of("to", "must come after from")
    return ImportOptions(
        since=since,
        until=until,
        limit=_limit(request.limit),
        skip_existing=_unless_false(request, "skip_existing"),
        enrich_albums=_unless_false(request, "enrich_albums"),
        dry_run=request.dry_run,
        albums_limit=_albums_limit(request),
    )


def upload_options(request: pb.UploadImportRequest) -> ImportOptions:
    """Raises InvalidArgument."""
    return ImportOptions(
        enrich_albums=_unless_false(request, "enrich_albums"),
        dry_run=request.dry_run,
        albums_limit=_albums_limit(request),
    )


def _albums_limit(request: Any) -> int:
    limit = int(request.albums_limit)
    if not 0 <= limit <= _MOST_ALBUMS:
        raise InvalidArgument.of("albums_limit", f"must be 0 to {_MOST_ALBUMS}")
    return limit


def source(request: pb.CreateImportRequest) -> str:
    """Raises InvalidArgument."""
    if request.source and request.source not in NETWORK:
        raise InvalidArgument.of("source", "must be lastfm or listenbrainz; files are sent to /api/v1/imports:upload")
    return request.source or NETWORK[0]


def account(text: str) -> str:
    """Raises InvalidArgument."""
    return _plain("account", text.strip())


def import_id(text: str) -> ImportId:
    """Raises NotFound for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_ID))) or not 0 < int(text) <= _LARGEST_ID:
        raise NotFound("No import has this id.")
    return ImportId(int(text))


def interval(request: pb.StartTrackerRequest) -> timedelta | None:
    """Raises InvalidArgument."""
    if not request.interval_seconds:
        return None
    low, high = _INTERVAL
    if not low <= request.interval_seconds <= high:
        raise InvalidArgument.of("interval_seconds", f"must be between {low} and {high}")
    return timedelta(seconds=request.interval_seconds)


def play_filter(request: pb.ListPlaysRequest) -> PlayFilter:
    """Raises InvalidArgument naming the field."""
    return PlayFilter(
        since=_seconds(request, "from"),
        until=_seconds(request, "to"),
        artist=_plain("artist", request.artist),
        album=_plain("album", request.album),
        text=_plain("text", request.text),
    )


def export_window(request: pb.ExportPlaysRequest) -> tuple[int | None, int | None]:
    """Seconds [since, until)."""
    return _seconds(request, "from"), _seconds(request, "to")


def log_kind(text: str) -> str:
    """Raises InvalidArgument."""
    return _plain("kind", text)


def event_id(text: str) -> int | None:
    """Where a watcher was; None for what was never an event's id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None  # noqa: PLR2004 - 64 bits


def wants_async(context: grpc.ServicerContext) -> bool:
    """Whether the caller sent `Prefer: respond-async`."""
    given = [str(value) for name, value in context.invocation_metadata() if name == "prefer"]
    return any(part.strip().lower() == _ASYNC for text in given for part in text.split(","))


def _limit(limit: int) -> int:
    if limit < 0:
        raise InvalidArgument.of("limit", "must be 0 (all plays) or more")
    return limit


def _unless_false(request: Any, field: str) -> bool:
    return bool(getattr(request, field)) if request.HasField(field) else True


def _seconds(request: Any, field: str) -> int | None:
    if not request.HasField(field):
        return None
    seconds = int(getattr(request, field).seconds)
    if not _YEAR_1 <= seconds < _YEAR_10000:
        raise InvalidArgument.of(field, "must be a time between the years 1 and 9999")
    return max(0, seconds)


def _plain(field: str, text: str) -> str:
    if len(text) > _LONGEST_TEXT or "\0" in text:
        raise InvalidArgument.of(field, f"must have at most {_LONGEST_TEXT} characters, none of them NUL")
    return text
