"""How is the value of a field written as JSON, and read back?"""

from typing import Any, Final

from pydantic import TypeAdapter

from services.artist.domain import ArtistField, Biography, Image, Tag
from services.artist.dossier import FactValue

_SHAPES: Final[dict[ArtistField, TypeAdapter[Any]]] = {
    ArtistField.URL: TypeAdapter(str),
    ArtistField.LISTENERS: TypeAdapter(int),
    ArtistField.PLAYCOUNT: TypeAdapter(int),
    ArtistField.TAGS: TypeAdapter(tuple[Tag, ...]),
    ArtistField.BIO: TypeAdapter(Biography),
    ArtistField.IMAGES: TypeAdapter(tuple[Image, ...]),
    ArtistField.MBID: TypeAdapter(str),
}


def plain(field: ArtistField, value: FactValue) -> Any:
    """The value as JSON holds it."""
    return _SHAPES[field].dump_python(value, mode="json")


def parse(field: ArtistField, json_value: Any) -> FactValue:
    """The value that `plain` wrote."""
    value: FactValue = _SHAPES[field].validate_python(json_value)
    return value
