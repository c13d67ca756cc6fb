"""Which values may a person give the fields of an album, and how are they read?"""

from datetime import date, datetime

from google.protobuf import struct_pb2

from facts import giving
from facts.naming import is_uuid
from facts.values import Tag, Text
from kernel.errors import InvalidArgument
from services.album.domain import AlbumField, Description
from services.album.dossier import AlbumOverride, AlbumValue
from soniquebay.album.v1 import album_pb2 as pb
from upstreams.reading import partial_date

_KINDS = ("album", "ep", "single", "compilation", "live", "remix", "other")
_SPOTIFY_ID_LENGTH = 22


def override_of(request: pb.UpdateAlbumOverrideRequest, now: datetime, default_language: str) -> AlbumOverride:
    """Raises InvalidArgument naming the field that is wrong."""
    about = field(request.field)
    return AlbumOverride(about, _value(about, request.value, default_language), giving.reason(request.reason), now)


def field(name: str) -> AlbumField:
    """Raises InvalidArgument."""
    if name not in set(AlbumField):
        raise InvalidArgument.of("field", f"{name!r} is not one of {', '.join(AlbumField)}")
    return AlbumField(name)


def _value(about: AlbumField, value: struct_pb2.Value, language: str) -> AlbumValue:  # noqa: PLR0911 - a shape each
    match about:
        case AlbumField.LISTENERS | AlbumField.PLAYCOUNT:
            return giving.whole_number(value)
        case AlbumField.TAGS:
            return tuple(Tag(word, 100 - position) for position, word in enumerate(giving.words(value)))
        case AlbumField.GENRES | AlbumField.LABELS:
            return giving.words(value)
        case AlbumField.WIKI:
            words = giving.text(value)
            return Text(language, words, words)
        case AlbumField.DESCRIPTION:
            return Description(language, giving.text(value), "", "", ())
        case AlbumField.URL:
            return giving.web_address(giving.text(value))
        case AlbumField.IMAGES | AlbumField.TRACKS:
            raise InvalidArgument.of("field", f"{about!s} cannot be overridden")
        case _:
            return _word(about, giving.plain("value", giving.text(value)))


def _word(about: AlbumField, word: str) -> str:
    match about:
        case AlbumField.MBID | AlbumField.RELEASE_GROUP_MBID if not is_uuid(word.lower()):
            raise InvalidArgument.of("value", "must be a MusicBrainz id")
        case AlbumField.MBID | AlbumField.RELEASE_GROUP_MBID:
            return word.lower()
        case AlbumField.SPOTIFY_ID if not (len(word) == _SPOTIFY_ID_LENGTH and word.isascii() and word.isalnum()):
            raise InvalidArgument.of("value", "must be 22 letters and digits")
        case AlbumField.KIND if word not in _KINDS:
            raise InvalidArgument.of("value", f"must be one of {', '.join(_KINDS)}")
        case AlbumField.RELEASED if not isinstance(partial_date(word)[0], date):
            raise InvalidArgument.of("value", "must be a day, month or year, as 1997-05-21, 1997-05 or 1997")
        case AlbumField.BARCODE if not (word.isascii() and word.isdigit()):
            raise InvalidArgument.of("value", "must be digits")
        case _:
            return word
