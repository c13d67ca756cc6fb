"""How is the value of a field written as JSON, and read back?"""

from typing import Any, Final

from pydantic import TypeAdapter

from services.artist.domain import ArtistField, Biography, Image, Manager, Release, Tag
from services.artist.dossier import FactValue

_SHAPES: Final[dict[ArtistField, TypeAdapter[Any]]] = {
    ArtistField.URL: TypeAdapter(str),
    ArtistField.LISTENERS: TypeAdapter(int),
    ArtistField.PLAYCOUNT: TypeAdapter(int),
    ArtistField.TAGS: TypeAdapter(tuple[Tag, ...]),
    ArtistField.BIO: TypeAdapter(Biography),
    ArtistField.IMAGES: TypeAdapter(tuple[Image, ...]),
    ArtistField.GENRES: TypeAdapter(tuple[str, ...]),
    ArtistField.FOLLOWERS: TypeAdapter(int),
    ArtistField.POPULARITY: TypeAdapter(int),
    ArtistField.MONTHLY_LISTENERS: TypeAdapter(int),
    ArtistField.LISTENBRAINZ_LISTENERS: TypeAdapter(int),
    ArtistField.LISTENBRAINZ_LISTENS: TypeAdapter(int),
    ArtistField.RELEASES: TypeAdapter(tuple[Release, ...]),
    ArtistField.LABEL: TypeAdapter(str),
    ArtistField.MANAGEMENT: TypeAdapter(tuple[Manager, ...]),
    ArtistField.MBID: TypeAdapter(str),
    ArtistField.SPOTIFY_ID: TypeAdapter(str),
    ArtistField.WIKIDATA_ID: TypeAdapter(str),
}


def plain(field: ArtistField, value: FactValue) -> Any:
    """The value as JSON holds it."""
    return _SHAPES[field].dump_python(value, mode="json")


def parse(field: ArtistField, json_value: Any) -> FactValue:
    """The value that `plain` wrote."""
    value: FactValue = _SHAPES[field].validate_python(json_value)
    return value
