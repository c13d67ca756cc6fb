"""Which shape has the value of each field, and where does what is said of artists lie?"""

from typing import Any, Final

from pydantic import TypeAdapter

from facts.storing import FactShelf
from facts.values import Image, Tag
from services.artist.domain import ArtistField, Biography, Kind, Manager, Release
from services.artist.dossier import FactValue
from services.artist.storing import tables

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

facts_of_artists: Final[FactShelf[ArtistField, FactValue, Kind]] = FactShelf(tables.said, _SHAPES, Kind)
