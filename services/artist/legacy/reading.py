"""What does one row of an older installation say, in today's words? Nothing in it is taken on trust."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from facts.values import Image, Tag, heaviest_tags
from kernel.evidence import Evidence
from services.artist.domain import (
    MAX_NAME,
    MAX_SIMILAR,
    ArtistField,
    ArtistName,
    SimilarName,
    clean_name,
    is_special_name,
    match_key,
)
from services.artist.dossier import Fact, FactValue
from services.artist.ids import is_mbid, is_spotify_id
from services.artist.legacy.source import OldArtist
from upstreams.older import SCHEME

PROVIDER: Final = "lastfm"
WORDS: Final = "imported from an older installation"
CONFIDENCE: Final = 0.6
NEVER: Final = datetime.fromtimestamp(0, UTC)
"""When a value was retrieved that says no time: older than anything, so that every other value wins."""

_COVER_CONFIDENCE = 0.4
_MAX_COUNT = 2**63 - 1
_MAX_URL = 2000
_MAX_IMAGES = 10
_PLACEHOLDER = "2a96cbd8b46e442fc41c2b86b821562f"  # the white star that stands for "no picture"


class Unusable(Exception):
    """The row names no artist; the message says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What is taken over of one row; `left_out` says of which values why they are not, `dropped` the same of cover references."""

    named: ArtistName
    facts: tuple[Fact, ...] = ()
    similar: tuple[SimilarName, ...] = ()
    has_similar: bool = False
    fetched_at: datetime | None = None
    references: int = 0
    """Cover references that hold an image."""
    left_out: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def retrieved_at(self) -> datetime:
        return self.fetched_at or NEVER


def read(row: OldArtist, now: datetime) -> Imported:
    """Raises Unusable for a row that names nobody; values that are not what they should be are left out, one by one."""
    columns = row.columns
    name = _name(columns.get("name"))
    mbid, spotify_id = _first(columns, "musicbrainz_artistid", "mbid").lower(), _first(columns, "spotify_id", "spotify_artist_id")
    fetched_at = _moment(columns.get("lastfm_info_fetched_at"), now)
    values = _values(columns, name)
    images, dropped = _images(row.references)
    evidence = Evidence(PROVIDER, fetched_at or NEVER, confidence=CONFIDENCE, matched_on=(WORDS,))
    facts = [Fact(field, value, evidence) for field, value in values.items() if value is not None]
    if images:
        shown = tuple(dict.fromkeys(images))[:_MAX_IMAGES]
        weaker = Evidence(PROVIDER, evidence.retrieved_at, confidence=_COVER_CONFIDENCE, matched_on=(WORDS,))
        facts.append(Fact(ArtistField.IMAGES, shown, weaker))
    similar = tuple(_similar(row, name))
    return Imported(
        named=ArtistName(name, mbid if is_mbid(mbid) else None, spotify_id if is_spotify_id(spotify_id) else None),
        facts=tuple(facts),
        similar=similar,
        has_similar=bool(similar) or columns.get("lastfm_similar_artists_fetched") in (True, "1", "true"),
        fetched_at=fetched_at,
        references=len(images),
        left_out=tuple(_left_out(columns, values, mbid=mbid, spotify_id=spotify_id, fetched_at=fetched_at)),
        dropped=tuple(dropped),
    )


def _name(value: Any) -> str:
    name = clean_name(value) if isinstance(value, str) else ""
    if not name:
        raise Unusable("it has no name")
    if len(name) > MAX_NAME or "\0" in name or "\ufffd" in name:
        raise Unusable("its name is not readable text")
    if is_special_name(name):
        raise Unusable("its name stands for nobody in particular")
    return name


def _values(columns: Mapping[str, Any], name: str) -> dict[ArtistField, FactValue | None]:
    url = columns.get("lastfm_url")
    return {
        ArtistField.URL: url if isinstance(url, str) and _is_link(url) else None,
        ArtistField.LISTENERS: _count(columns.get("lastfm_listeners")),
        ArtistField.PLAYCOUNT: _count(columns.get("lastfm_playcount")),
        ArtistField.TAGS: heaviest_tags(_tags(columns.get("lastfm_tags")), name) or None,
    }


def _left_out(
    columns: Mapping[str, Any],
    values: Mapping[ArtistField, FactValue | None],
    *,
    mbid: str,
    spotify_id: str,
    fetched_at: datetime | None,
) -> Iterator[str]:
    for field, value in values.items():
        if value is None and columns.get(f"lastfm_{field}") not in (None, "", "[]", []):
            yield f"lastfm_{field} is not usable"
    if mbid and not is_mbid(mbid):
        yield "the MusicBrainz id is none"
    if spotify_id and not is_spotify_id(spotify_id):
        yield "the Spotify id is none"
    if fetched_at is None and columns.get("lastfm_info_fetched_at"):
        yield "lastfm_info_fetched_at is no time in the past"


def _images(references: tuple[Any, ...]) -> tuple[list[Image], list[str]]:
    """The images that cover references hold, and why the other references hold none."""
    images, dropped = [], []
    for reference in references:
        url = str(reference)[len(SCHEME) :]
        url = unquote(url) if url.lower().startswith("https%3a") else url
        if not _is_link(url):
            dropped.append("it holds no address of an image")
        elif _PLACEHOLDER in url:
            dropped.append("it is the placeholder")
        else:
            images.append(Image("", url))
    return images, dropped


def _similar(row: OldArtist, own_name: str) -> Iterator[SimilarName]:
    ranked = 0
    for name, mbid, weight in row.similar:
        if ranked == MAX_SIMILAR:
            return
        try:
            usable = _name(name)
        except Unusable:
            continue
        share = _share(weight)
        if share is not None and match_key(usable) != match_key(own_name):
            ranked += 1
            identified = str(mbid or "").strip().lower()
            yield SimilarName(usable, share, ranked, identified if is_mbid(identified) else None)


def _tags(written: Any) -> list[Tag]:
    """Tags from a list or its JSON, of words or of objects with a weight; or from words between commas. Words weigh the same."""
    if isinstance(written, str):
        written = _parse_list(written) if written.lstrip().startswith("[") else written.split(",")
    tags = (_tag(each) for each in (written if isinstance(written, list) else [])[:1000])
    return [tag for tag in tags if 0 < len(tag.name) <= MAX_NAME and tag.name.isprintable()]


def _tag(written: Any) -> Tag:
    if isinstance(written, dict):
        weight = next((found for key in ("weight", "count") if (found := _count(written.get(key))) is not None), 100)
        return Tag(clean_name(str(written.get("name") or "")), min(weight, 100))
    return Tag(clean_name(written) if isinstance(written, str) else "", 100)


def _parse_list(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return []


def _first(columns: Mapping[str, Any], *names: str) -> str:
    """The first of the columns that holds anything, as text."""
    return next((text for name in names if (text := str(columns.get(name) or "").strip())), "")


def _count(value: Any) -> int | None:
    text = str(value)  # SQLite keeps a number that was written as text as text
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 30):  # noqa: PLR2004 - int() has a limit
        return None
    return min(int(text), _MAX_COUNT)


def _share(value: Any) -> float | None:
    try:
        share = float(value)
    except (TypeError, ValueError):
        return None
    return share if 0.0 <= share <= 1.0 else None


def _moment(value: Any, now: datetime) -> datetime | None:
    """The time, in UTC where it names no zone; None for what is none, and for the future: it would win for ever."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if NEVER < moment <= now else None


def _is_link(url: str) -> bool:
    if not url.startswith("https://") or len(url) > _MAX_URL or not url.isprintable() or " " in url:
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False
