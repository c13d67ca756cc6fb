"""How do requests become what the domain speaks of? Bad input is refused here, by the name of its field."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from google.protobuf import struct_pb2

from facts import giving
from facts.values import Tag
from kernel.errors import InvalidArgument, NotFound, Violation
from services.artist.batches import MOST_ARTISTS
from services.artist.domain import MAX_NAME, ArtistField, ArtistId, ArtistName, ArtistRef, Biography, Kind, clean_name
from services.artist.dossier import FactValue, Override
from services.artist.ids import is_language, is_mbid, is_spotify_id, is_wikidata_id, spotify_id_from_url
from services.artist.storing.listing import SimilarFilter
from services.artist.storing.numbers import METRICS
from soniquebay.artist.v1 import artist_pb2 as pb

_OWN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BATCH_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_MAX_BATCH = 1000
_IDS: Mapping[ArtistField, tuple[Callable[[str], bool], str]] = {
    ArtistField.MBID: (is_mbid, "a MusicBrainz id"),
    ArtistField.SPOTIFY_ID: (is_spotify_id, "22 letters and digits"),
    ArtistField.WIKIDATA_ID: (is_wikidata_id, "the number of an item, such as Q44190"),
}


def enrich_ref(request: pb.EnrichArtistRequest) -> ArtistRef:
    """Exactly one of name, spotify_url and spotify_artist_id. Raises InvalidArgument naming the field."""
    given = [field for field in ("name", "spotify_url", "spotify_artist_id") if getattr(request, field)]
    if len(given) != 1:
        field = given[1] if given else "name"
        raise InvalidArgument.of(field, "give exactly one of name, spotify_url and spotify_artist_id, and not an empty one")
    if request.mbid and not request.name:
        raise InvalidArgument.of("mbid", "goes with a name only")
    if request.name:
        return ArtistRef(named=artist_name(request.name, request.mbid))
    spotify_id = spotify_id_from_url(request.spotify_url) if request.spotify_url else request.spotify_artist_id
    if spotify_id is None:
        raise InvalidArgument.of("spotify_url", "must be a link to an artist, https://open.spotify.com/artist/{id}")
    if not is_spotify_id(spotify_id):
        raise InvalidArgument.of("spotify_artist_id", "must be 22 letters and digits")
    return ArtistRef(spotify_id=spotify_id)


def ref(text: str) -> ArtistRef:
    """An id as it stands in a path, ours or Spotify's. Raises NotFound for what can be neither, and no database would take."""
    if "\0" in text or len(text) > MAX_NAME:
        raise NotFound("No artist has this id.")
    return ArtistRef.parse(text)


def artist_name(name: str, mbid: str, prefix: str = "") -> ArtistName:
    """A name with its MusicBrainz id, if any. Raises InvalidArgument naming the field under `prefix`."""
    clean = clean_name(name)
    if not clean or len(clean) > MAX_NAME:
        raise InvalidArgument.of(f"{prefix}name", f"must have 1 to {MAX_NAME} characters")
    if any(ord(character) < ord(" ") for character in clean):
        raise InvalidArgument.of(f"{prefix}name", "must hold no control characters")
    if mbid and not is_mbid(mbid.lower()):
        raise InvalidArgument.of(f"{prefix}mbid", "must be a MusicBrainz id, such as a74b1b7f-71a5-4011-9441-d0b5e4122711")
    return ArtistName(clean, mbid.lower() or None)


def ensure_names(request: pb.EnsureArtistsRequest) -> list[ArtistName]:
    """Raises InvalidArgument naming every wrong entry."""
    _check_count("artists", len(request.artists))
    names, violations = [], list[Violation]()
    for position, entry in enumerate(request.artists):
        try:
            names.append(artist_name(entry.name, entry.mbid, f"artists[{position}]."))
        except InvalidArgument as error:
            violations += error.violations
    if violations:
        raise InvalidArgument(*violations)
    return names


def artist_ids(request: pb.InvalidateArtistsRequest) -> list[ArtistId]:
    _check_count("artist_ids", len(request.artist_ids))
    return [ArtistId(giving.plain(f"artist_ids[{position}]", each)) for position, each in enumerate(request.artist_ids)]


def batch_ids(request: pb.BatchEnrichArtistsRequest) -> list[str]:
    """Raises InvalidArgument naming every wrong entry."""
    ids = list(request.artist_ids)
    if not 1 <= len(ids) <= MOST_ARTISTS:
        raise InvalidArgument.of("artist_ids", f"must hold 1 to {MOST_ARTISTS} entries, not {len(ids)}")
    wrong = [at for at, each in enumerate(ids) if not (is_spotify_id(each) or _OWN_ID.fullmatch(each))]
    twice = [at for at, each in enumerate(ids) if each in ids[:at] and at not in wrong]
    if wrong or twice:
        raise InvalidArgument(
            *(Violation(f"artist_ids[{at}]", "must be an id of ours, or 22 letters and digits of Spotify's") for at in wrong),
            *(Violation(f"artist_ids[{at}]", "stands there already") for at in twice),
        )
    return ids


def batch_id(text: str) -> str:
    """Empty where the caller gave none."""
    if text and not _BATCH_ID.fullmatch(text):
        raise InvalidArgument.of("batch_id", "must have 1 to 64 letters, digits and dashes")
    return text


def language(text: str, default: str) -> str:
    if not text:
        return default
    if not is_language(text):
        raise InvalidArgument.of("language", "must be an ISO 639-1 code of two small letters, such as fr")
    return text


def kinds(names: Sequence[str]) -> tuple[Kind, ...]:
    unknown = [name for name in names if name not in set(Kind)]
    if unknown:
        raise InvalidArgument.of("kinds", f"{unknown[0]!r} is not one of {', '.join(Kind)}")
    return tuple(map(Kind, names)) or tuple(Kind)


def field(name: str) -> ArtistField:
    if name not in set(ArtistField):
        raise InvalidArgument.of("field", f"{name!r} is not one of {', '.join(ArtistField)}")
    return ArtistField(name)


def metric(name: str) -> ArtistField | None:
    """None where the caller wants all."""
    if name and name not in METRICS:
        raise InvalidArgument.of("metric", f"{name!r} is not one of {', '.join(sorted(METRICS))}")
    return ArtistField(name) if name else None


def name_prefix(request: pb.ListArtistsRequest) -> str:
    return giving.plain("name_prefix", request.name_prefix)


def similar_filter(request: pb.ListSimilarArtistsRequest) -> SimilarFilter:
    if not 0.0 <= request.min_weight <= 1.0:
        raise InvalidArgument.of("min_weight", "must be between 0 and 1")
    return SimilarFilter(request.min_weight, optional_bool(request))


def optional_bool(request: pb.ListArtistsRequest | pb.ListSimilarArtistsRequest) -> bool | None:
    """`in_library`, or None where the caller left it open."""
    return request.in_library if request.HasField("in_library") else None


def override_of(request: pb.UpdateArtistOverrideRequest, now: datetime, default_language: str) -> Override:
    """Raises InvalidArgument naming the field that is wrong."""
    reason = giving.reason(request.reason)
    about = field(request.field)
    return Override(about, _override_value(about, request.value, default_language), reason, now)


def _override_value(  # noqa: PLR0911 - a shape each
    about: ArtistField, value: struct_pb2.Value, default_language: str
) -> FactValue:
    if about in METRICS:
        return giving.whole_number(value)
    if about in _IDS:
        return _id(about, giving.text(value))
    match about:
        case ArtistField.TAGS:
            return tuple(Tag(word, 100 - position) for position, word in enumerate(giving.words(value)))
        case ArtistField.GENRES:
            return giving.words(value)
        case ArtistField.LABEL:
            return giving.plain("value", giving.text(value))
        case ArtistField.BIO:
            text = giving.text(value)
            return Biography(default_language, text, text)
        case ArtistField.URL:
            return giving.web_address(giving.text(value))
        case _:
            raise InvalidArgument.of("field", f"{about!s} cannot be overridden")


def _id(about: ArtistField, text: str) -> str:
    spelt = {ArtistField.MBID: text.lower(), ArtistField.WIKIDATA_ID: text.upper()}.get(about, text)
    is_right, wish = _IDS[about]
    if not is_right(spelt):
        raise InvalidArgument.of("value", f"must be {wish}")
    return spelt


def _check_count(name: str, count: int) -> None:
    if not 1 <= count <= _MAX_BATCH:
        raise InvalidArgument.of(name, f"must hold 1 to {_MAX_BATCH} entries, not {count}")
