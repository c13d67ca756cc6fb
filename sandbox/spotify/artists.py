"""What does Spotify answer about an artist and an album?"""

from sandbox.catalogue.directory import Directory
from sandbox.catalogue.identity import Edition, Identity
from sandbox.spotify.asking import Ask, SpotifyError, check_id
from sandbox.spotify.objects import build_album, build_artist, build_listed_album, build_page, build_tracks

_USUAL = 20
_MOST_ARTISTS, _MOST_ALBUMS = 50, 20
_GROUPS = ("album", "single", "compilation", "appears_on")


class Artists:
    """The calls on artists and their albums."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def get(self, ask: Ask) -> dict[str, object]:
        """Answers one artist."""
        return build_artist(self._find(ask), ask)

    def list_albums(self, ask: Ask) -> dict[str, object]:
        """Answers a page of an artist's albums: albums before singles, the newest first."""
        identity = self._find(ask)
        groups = ask.params.get("include_groups", ",".join(_GROUPS)).split(",")
        if not set(groups) <= set(_GROUPS):
            raise SpotifyError(400, "Invalid album type")
        wanted = [edition for kind in _GROUPS for edition in identity.editions if kind == edition.primary_type.lower()]
        items = [build_listed_album(identity, one, ask) for one in wanted if one.primary_type.lower() in groups]
        path = f"artists/{identity.spotify_id}/albums"
        return build_page(items, ask=ask, path=path, asked={"include_groups": ",".join(groups)}, usual=_USUAL)

    def get_album(self, ask: Ask) -> dict[str, object]:
        """Answers one album with its tracks."""
        return build_album(*self._find_album(ask), ask)

    def list_tracks(self, ask: Ask) -> dict[str, object]:
        """Answers a page of an album's tracks."""
        identity, edition = self._find_album(ask)
        path = f"albums/{edition.spotify_id}/tracks"
        return build_page(build_tracks(identity, edition, ask), ask=ask, path=path, asked={}, usual=_USUAL)

    def get_many(self, ask: Ask) -> dict[str, object]:
        """Answers up to 50 artists in the order asked, null for each that is not known."""
        found = [self._directory.find_by_spotify_id(one) for one in _read_ids(ask, _MOST_ARTISTS)]
        return {"artists": [build_artist(one, ask) if one else None for one in found]}

    def get_many_albums(self, ask: Ask) -> dict[str, object]:
        """Answers up to 20 albums in the order asked, null for each that is not known."""
        found = [self._directory.find_edition_by_spotify_id(one) for one in _read_ids(ask, _MOST_ALBUMS)]
        return {"albums": [build_album(*one, ask) if one else None for one in found]}

    def _find_album(self, ask: Ask) -> tuple[Identity, Edition]:
        found = self._directory.find_edition_by_spotify_id(ask.need_id())
        if found is None:
            raise SpotifyError(404, "Resource not found")
        return found

    def _find(self, ask: Ask) -> Identity:
        identity = self._directory.find_by_spotify_id(ask.need_id())
        if identity is None:
            raise SpotifyError(404, "Resource not found")
        return identity


def _read_ids(ask: Ask, most: int) -> list[str]:
    ids = ask.params.get("ids", "").split(",")
    if len(ids) > most:
        raise SpotifyError(400, "Too many ids requested")
    return [check_id(one) for one in ids]
