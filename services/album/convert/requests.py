"""How do requests become what the domain speaks of? Bad input is refused here, by the name of its field."""

import re
from collections.abc import Sequence

from facts.naming import MAX_NAME, clean_name, is_uuid, match_key
from kernel.errors import InvalidArgument, NotFound, Violation
from services.album.batches import MOST_TRACKS as MOST_OF_A_BATCH
from services.album.batches import TYPES
from services.album.domain import AlbumId, ArtistName, Kind, Title, TrackId, TrackName
from services.album.storing.listing import AlbumFilter
from soniquebay.album.v1 import album_pb2 as pb

MOST_TRACKS = 1000
_MOST_NEW = 1_000_000
_LANGUAGE = re.compile("[a-z]{2}")
_IMPORT_ID = re.compile(r"[A-Za-z0-9_-]{0,64}")
_CONTROL = re.compile(r"[\0-\x1f]")


def album_id(text: str) -> AlbumId:
    """Raises NotFound for what cannot be an id, and no database would take."""
    if not _is_storable(text):
        raise NotFound("No album has this id.")
    return AlbumId(text)


def track_id(text: str) -> TrackId:
    """Raises NotFound for what cannot be an id, and no database would take."""
    if not _is_storable(text):
        raise NotFound("No track has this id.")
    return TrackId(text)


def album_filter(request: pb.ListAlbumsRequest) -> AlbumFilter:
    """Raises InvalidArgument naming every wrong field."""
    fields = {"title_prefix": request.title_prefix, "artist_id": request.artist_id}
    wrong = [
        Violation(name, f"must be a text of at most {MAX_NAME} characters") for name in fields if not _is_storable(fields[name])
    ]
    if wrong:
        raise InvalidArgument(*wrong)
    return AlbumFilter(request.title_prefix, request.artist_id)


def language(code: str, default: str) -> str:
    """Raises InvalidArgument."""
    if code and not _LANGUAGE.fullmatch(code):
        raise InvalidArgument.of("language", "must be two small letters, as in ISO 639-1")
    return code or default


def kinds(names: Sequence[str]) -> tuple[Kind, ...] | None:
    """None where the caller wants all. Raises InvalidArgument."""
    unknown = [name for name in names if name not in set(Kind)]
    if unknown:
        raise InvalidArgument.of("kinds", f"{unknown[0]!r} is not one of {', '.join(Kind)}")
    return tuple(map(Kind, names)) or None


def album_ids(request: pb.InvalidateAlbumsRequest | pb.RequestAlbumsRequest) -> list[AlbumId]:
    """Raises InvalidArgument for none or too many; what cannot be an id is nobody's."""
    _check_count("album_ids", len(request.album_ids), MOST_TRACKS)
    return [AlbumId(each) for each in request.album_ids if _is_storable(each)]


def whose_files(request: pb.GetMusicFilesRequest) -> dict[str, str]:
    """By the name of the field that says it. Raises InvalidArgument."""
    asked = {"album_id": request.album_id, "artist_id": request.artist_id}
    given = {name: text for name, text in asked.items() if text and _is_storable(text)}
    if len(given) != 1:
        raise InvalidArgument.of("album_id", "either this or artist_id is needed, and not both")
    return given


def batch(request: pb.BatchEnrichTracksRequest) -> tuple[list[TrackId], list[str]]:
    """The tracks and the types. Raises InvalidArgument naming the field."""
    _check_count("track_ids", len(request.track_ids), MOST_OF_A_BATCH)
    wrong = [at for at, each in enumerate(request.track_ids) if not each or not _is_storable(each)]
    if wrong:
        raise InvalidArgument(*(Violation(f"track_ids[{at}]", "cannot be an id") for at in wrong))
    unknown = [each for each in request.types if each not in TYPES]
    if unknown:
        raise InvalidArgument.of("types", f"{unknown[0]!r} is not one of {', '.join(TYPES)}")
    return [TrackId(each) for each in request.track_ids], list(request.types)


def batch_id(text: str) -> str:
    """Raises NotFound for what cannot be one."""
    if not _is_storable(text):
        raise NotFound("No batch has this id; batches are kept for a week.")
    return text


def import_id(text: str, *, is_required: bool) -> str:
    """Raises InvalidArgument."""
    if (is_required and not text) or not _IMPORT_ID.fullmatch(text):
        raise InvalidArgument.of("import_id", "must have 1 to 64 letters, digits, - or _")
    return text


def limit(number: int) -> int:
    """Zero where the caller leaves it open. Raises InvalidArgument."""
    if not 0 <= number <= _MOST_NEW:
        raise InvalidArgument.of("limit", f"must be 0 to {_MOST_NEW}")
    return number


def track_names(request: pb.EnsureTracksRequest) -> list[TrackName]:
    """Raises InvalidArgument naming every wrong entry."""
    _check_count("tracks", len(request.tracks), MOST_TRACKS)
    titles, mbids = _Titles(), _Mbids()
    names = [_track_name(entry, titles, mbids) for entry in request.tracks]
    if titles.problems or mbids.problems or any(name.album_mbid and not name.album for name in names):
        _check(request, titles, mbids)
    return names


class _Titles(dict[str, Title]):
    """Texts of one request, cleaned once each: a page of plays names the same artists and albums again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: dict[str, str] = {}

    def __missing__(self, text: str) -> Title:
        clean = clean_name(text)
        if not 1 <= len(clean) <= MAX_NAME:
            self.problems[text] = f"must have 1 to {MAX_NAME} characters"
        elif not clean.isprintable() and _CONTROL.search(clean):
            self.problems[text] = "must hold no control characters"
        self[text] = title = Title(clean, match_key(clean))
        return title


class _Mbids(dict[str, str]):
    """MusicBrainz ids of one request, in small letters."""

    def __init__(self) -> None:
        super().__init__({"": ""})
        self.problems: dict[str, str] = {}

    def __missing__(self, text: str) -> str:
        self[text] = mbid = text.lower()
        if not is_uuid(mbid):
            self.problems[text] = "must be a MusicBrainz id, such as a74b1b7f-71a5-4011-9441-d0b5e4122711"
        return mbid


def _track_name(entry: pb.TrackName, titles: _Titles, mbids: _Mbids) -> TrackName:
    album = entry.album
    return TrackName(
        ArtistName(*titles[entry.artist], mbids[entry.artist_mbid]),
        titles[entry.title],
        (titles[album] if album and not album.isspace() else None),
        mbids[entry.track_mbid],
        mbids[entry.album_mbid],
    )


def _check(request: pb.EnsureTracksRequest, titles: _Titles, mbids: _Mbids) -> None:
    violations = []
    for position, entry in enumerate(request.tracks):
        found = {
            "artist": titles.problems.get(entry.artist),
            "title": titles.problems.get(entry.title),
            "album": titles.problems.get(entry.album) if entry.album.strip() else None,
            "artist_mbid": mbids.problems.get(entry.artist_mbid),
            "track_mbid": mbids.problems.get(entry.track_mbid),
            "album_mbid": mbids.problems.get(entry.album_mbid),
        }
        if entry.album_mbid and not entry.album.strip():
            found["album_mbid"] = "goes with an album only"
        violations += [Violation(f"tracks[{position}].{name}", problem) for name, problem in found.items() if problem]
    if violations:
        raise InvalidArgument(*violations)


def _check_count(name: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidArgument.of(name, f"must hold 1 to {most} entries, not {count}")


def _is_storable(text: str) -> bool:
    """PostgreSQL refuses NUL, and nothing here is longer than a name."""
    return "\0" not in text and len(text) <= MAX_NAME
