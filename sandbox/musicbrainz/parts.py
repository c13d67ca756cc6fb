"""The pieces that MusicBrainz' answers share: areas, credits, types and relations, with the service's own type identifiers."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.catalogue.identity import Identity
from sandbox.catalogue.pages import find_linked_page
from sandbox.catalogue.reading import make_up_mbid
from sandbox.musicbrainz.voting import build_votes

TYPE_IDS: Mapping[str, str] = MappingProxyType(
    {"Group": "e431f5f6-b5d2-343d-8b36-72607fffb74b", "Person": "b6e035f4-3ce9-331c-97df-83397230b0df"}
)
GROUP_TYPE_IDS: Mapping[str, str] = MappingProxyType(
    {"Album": "f529b476-6e62-324f-b0aa-1f3e33d313fc", "Single": "d6038452-8ee0-3f68-affc-2de9a1ede0b9"}
)
SEARCH_HINT = "1937e404-b981-3cb7-8151-4c86ebfc8d8e"
_LINK_IDS: Mapping[str, str] = MappingProxyType(
    {
        "wikidata": "689870a4-a1e4-4912-b17f-7b2664215698",
        "free streaming": "769085a1-c2f7-4c24-a532-2375a77693bd",
        "last.fm": "08db8098-c0df-4b78-82c3-c8697b4bba7f",
    }
)
_AREAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "US": ("489ce91b-6658-3307-9877-795b68554c98", "United States"),
        "GB": ("8a754a16-0027-3a29-b6d7-2b40ea0481ed", "United Kingdom"),
        "XE": ("89a675c2-3e37-3518-b83c-418bad59a85a", "Europe"),
        "FR": (make_up_mbid("area", "FR"), "France"),
        "DE": (make_up_mbid("area", "DE"), "Germany"),
        "JP": (make_up_mbid("area", "JP"), "Japan"),
        "CA": (make_up_mbid("area", "CA"), "Canada"),
        "IS": (make_up_mbid("area", "IS"), "Iceland"),
        "AU": (make_up_mbid("area", "AU"), "Australia"),
        "IE": (make_up_mbid("area", "IE"), "Ireland"),
        "AR": (make_up_mbid("area", "AR"), "Argentina"),
        "CL": (make_up_mbid("area", "CL"), "Chile"),
        "XW": (make_up_mbid("area", "XW"), "[Worldwide]"),
    }
)


def build_area(country: str) -> dict[str, object]:
    """Writes the area of a country code as releases and look-ups have it."""
    mbid, name = _AREAS.get(country, (make_up_mbid("area", country), country))
    return {"disambiguation": "", "sort-name": name, "iso-3166-1-codes": [country], "id": mbid, "name": name}


def build_artist_stub(identity: Identity) -> dict[str, object]:
    """Writes an artist as it is mentioned inside something else."""
    artist = identity.artist
    return {
        "id": artist.mbid,
        "name": artist.name,
        "sort-name": identity.sort_name,
        "disambiguation": identity.disambiguation,
        "type": identity.kind,
        "type-id": TYPE_IDS[identity.kind],
        "country": artist.country or None,
    }


def build_credit(identity: Identity, inc: frozenset[str] = frozenset()) -> list[dict[str, object]]:
    """Writes the credit of a record by one artist, with the artist's own genres and tags when they are to be included."""
    artist = {**build_artist_stub(identity), **build_votes(identity.artist.tags, inc)}
    return [{"name": identity.artist.name, "artist": artist, "joinphrase": ""}]


def list_links(identity: Identity) -> list[tuple[str, str]]:
    """Lists an artist's links as kind and address."""
    name = identity.artist.name.replace(" ", "+")
    links = [("last.fm", f"https://www.last.fm/music/{name}")]
    if identity.is_linked and identity.wikidata_id:
        links.append(("wikidata", f"https://www.wikidata.org/wiki/{identity.wikidata_id}"))
    if identity.is_linked:
        links.append(("free streaming", f"https://open.spotify.com/artist/{identity.spotify_id}"))
    page = find_linked_page(identity)
    if page:
        links.append(("free streaming", f"https://www.deezer.com/artist/{page.id}"))
    return links


def build_relation(kind: str, target_type: str, target: Mapping[str, object], direction: str) -> dict[str, object]:
    """Writes one relation; `target_type` is also the key the target stands under."""
    return {
        "begin": None,
        "ended": False,
        "direction": direction,
        "attribute-values": {},
        "target-credit": "",
        "target-type": target_type,
        "end": None,
        "source-credit": "",
        target_type: dict(target),
        "attributes": [],
        "type": kind,
        "type-id": _LINK_IDS[kind],
        "attribute-ids": {},
    }


def url_id(resource: str) -> str:
    """Makes up the identifier of a link."""
    return make_up_mbid("url", resource)
