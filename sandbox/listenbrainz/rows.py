"""How does a play look as a listen, with all that ListenBrainz would know of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition
from sandbox.catalogue.made_up import make_up_spotify_id
from sandbox.catalogue.model import Track
from sandbox.catalogue.reading import make_up_mbid, make_up_number
from sandbox.listeners.accounts import Accounts
from sandbox.listeners.history import Played
from sandbox.listeners.submitted import Listen

Heard = tuple[int, Played | Listen]
"""A listen by its second: of the history that Last.fm has too, or submitted here."""

_REMEMBERED_TITLES = 16_384
_INSERTED_AFTER = 240
_PLAYER: Mapping[str, object] = {"submission_client": "sandbox player", "submission_client_version": "1.0"}


@dataclass(frozen=True, slots=True)
class _Described:
    """What does not change from one play of a track to the next; `metadata` is written already."""

    msid: str
    metadata: orjson.Fragment


class Rows:
    """Writes listens."""

    def __init__(self, directory: Directory, accounts: Accounts) -> None:
        self._directory = directory
        self._accounts = accounts
        self._describe = lru_cache(maxsize=_REMEMBERED_TITLES)(self._describe_played)
        self._map = lru_cache(maxsize=_REMEMBERED_TITLES)(self._map_played)

    def write(self, user: str, heard: Heard) -> dict[str, object]:
        """Writes one listen of `user`."""
        second, what = heard
        if isinstance(what, Listen):
            metadata = self.complete(what.metadata)
            inserted, msid, told = what.inserted_at, _find_msid(metadata), orjson.Fragment(orjson.dumps(metadata))
        else:
            described = self._describe(what)
            inserted, msid, told = second + _INSERTED_AFTER, described.msid, described.metadata
        return {
            "inserted_at": inserted,
            "listened_at": second,
            "recording_msid": msid,
            "track_metadata": told,
            "user_name": user,
        }

    def tell(self, played: Played) -> dict[str, object]:
        """Writes the metadata of a track as the sandbox's own player would have sent it."""
        edition, number, track = self._find_edition(played)
        info: dict[str, object] = {"recording_msid": _make_msid(played.artist, played.track, played.album), **_PLAYER}
        if played.artist_mbid:
            info["artist_mbids"] = [played.artist_mbid]
        if played.track_mbid:
            info["recording_mbid"] = played.track_mbid
        if edition:
            info |= {"release_mbid": edition.mbid, "release_group_mbid": edition.group_mbid}
        if track:
            info["tracknumber"] = number
        if track and track.seconds:
            info["duration_ms"] = track.seconds * 1000
        told = {"artist_name": played.artist, "track_name": played.track, "additional_info": info}
        if played.album:
            told["release_name"] = played.album
        return {**told, **self._map(played)}

    def complete(self, metadata: Mapping[str, object]) -> dict[str, object]:
        """Adds to what a player sent the identifiers that ListenBrainz gives it."""
        artist, track, album = (str(metadata.get(name, "")) for name in ("artist_name", "track_name", "release_name"))
        sent = metadata.get("additional_info")
        info = {**(sent if isinstance(sent, dict) else {}), "recording_msid": _make_msid(artist, track, album)}
        return {**metadata, "additional_info": info, **self._map(self._accounts.recognise(artist, track, album))}

    def _describe_played(self, played: Played) -> _Described:
        metadata = self.tell(played)
        return _Described(_find_msid(metadata), orjson.Fragment(orjson.dumps(metadata)))

    def _find_edition(self, played: Played) -> tuple[Edition | None, int, Track | None]:
        """Finds the release by its identifier, and the track's place on it."""
        identity = self._directory.find_by_mbid(played.artist_mbid) if played.artist_mbid and played.album_mbid else None
        edition = next((one for one in identity.editions if one.mbid == played.album_mbid), None) if identity else None
        numbered = enumerate(edition.tracks, 1) if edition else ()
        number, track = next(((number, track) for number, track in numbered if track.title == played.track), (0, None))
        return edition, number, track

    def _map_played(self, played: Played) -> Mapping[str, object]:
        """Writes the recording that the words were found to mean; nothing where no identifier is known."""
        if not played.artist_mbid or not played.track_mbid:
            return {}
        edition, _, _ = self._find_edition(played)
        credit = {"artist_credit_name": played.artist, "artist_mbid": played.artist_mbid, "join_phrase": ""}
        track_id = make_up_spotify_id("track", played.artist, played.track)
        mapping: dict[str, object] = {
            "artist_mbids": [played.artist_mbid],
            "artists": [credit],
            "recording_mbid": played.track_mbid,
            "recording_name": played.track,
            "url_rels": [{"type": "free streaming", "url": f"https://open.spotify.com/track/{track_id}"}],
        }
        if edition:
            mapping |= {
                "caa_id": make_up_number(10_000_000_000, 40_000_000_000, edition.mbid, "cover"),
                "caa_release_mbid": edition.mbid,
                "release_group_mbid": edition.group_mbid,
                "release_mbid": edition.mbid,
            }
        return {"mbid_mapping": mapping}


def _make_msid(artist: str, track: str, album: str) -> str:
    """Makes the identifier that everybody's listens with these words share."""
    return make_up_mbid("messybrainz", artist, track, album)


def _find_msid(metadata: Mapping[str, object]) -> str:
    info = metadata["additional_info"]
    return str(info["recording_msid"]) if isinstance(info, dict) else ""
