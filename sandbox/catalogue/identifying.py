"""How does an artist of the catalogue become an entry in everybody's directory?

What is not written down is made up from the MBID.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.catalogue.editions import list_editions
from sandbox.catalogue.identity import Identity, Manager
from sandbox.catalogue.made_up import make_up_spotify_id, make_up_wikidata_id
from sandbox.catalogue.model import Artist
from sandbox.catalogue.reading import make_up_mbid, make_up_number, parse_artist

_MOST_HEARD = 8_000_000
_GENRES = 3


def tell_identity(artist: Artist, known: Mapping[str, Any]) -> Identity:
    """Joins an artist with what `identities.json` has under its name (see the sandbox README)."""
    spotify_id, wikidata_id = known.get("spotify_id"), known.get("wikidata_id")
    followers = artist.listeners * make_up_number(30, 220, artist.mbid, "followers") // 100
    monthly = artist.listeners * make_up_number(50, 300, artist.mbid, "monthly") // 100
    return Identity(
        artist=artist,
        disambiguation=known.get("disambiguation", ""),
        kind=known.get("kind", "Group"),
        spotify_id=spotify_id or make_up_spotify_id("artist", artist.mbid),
        is_spotify_id_real=bool(spotify_id) and not known.get("is_made_up", False),
        wikidata_id=make_up_wikidata_id(artist.mbid) if wikidata_id is None else wikidata_id,
        is_wikidata_id_real=bool(wikidata_id) and not known.get("is_made_up", False),
        is_linked=known.get("is_linked", True),
        merged_mbids=tuple(known.get("merged_mbids", ())),
        merged_releases=known.get("merged_releases", {}),
        followers=known.get("followers", followers),
        popularity=known.get("popularity", min(95, max(1, artist.listeners * 95 // _MOST_HEARD))),
        monthly_listeners=known.get("monthly_listeners", monthly),
        genres=tuple(artist.tags)[:_GENRES],
        managers=tuple(_parse_manager(written) for written in known.get("managers", ())),
        editions=list_editions(artist, known.get("editions", {})),
    )


def parse_namesake(written: Mapping[str, Any]) -> Identity:
    """Reads one artist of `namesakes.json`: invented or half remembered, so its identifiers are always made up."""
    name, disambiguation = written["name"], written["disambiguation"]
    artist = parse_artist({**written, "mbid": make_up_mbid(name, disambiguation)})
    return tell_identity(replace(artist, is_mbid_real=False), {**written, "is_made_up": True})


def _parse_manager(written: Mapping[str, Any]) -> Manager:
    return Manager(
        wikidata_id=make_up_wikidata_id("manager", written["name"]),
        labels=written.get("labels", {"en": written["name"]}),
        role=written.get("role", "P1037"),
        start=written.get("start", ""),
        end=written.get("end", ""),
    )
