"""How is Spotify's JSON read? An app in development mode is given neither followers, genres, popularity nor labels: what is
missing is unknown, never zero.
"""

from dataclasses import dataclass
from datetime import date

from kernel.errors import ProviderMalformed
from services.artist.domain import IdentityMatch, Profile, Release
from services.artist.ids import is_spotify_id
from upstreams.reading import Json, child, count, https_url, partial_date, text, texts
from upstreams.spotify.faults import NAME
from upstreams.spotify.reading import images_of, items_of, kind_of

_MOST_GENRES = 20
_GENRES_TOLD = 3
_HIGHEST_POPULARITY = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An artist in Spotify's directory."""

    spotify_id: str
    profile: Profile

    def to_match(self, titles: tuple[str, ...] = ()) -> IdentityMatch:
        """The entry as a match for somebody, `titles` being those of its records as far as they were asked for."""
        profile = self.profile
        return IdentityMatch(
            name=profile.name,
            spotify_id=self.spotify_id,
            description=_describe(profile),
            titles=titles,
            genres=profile.genres,
            url=profile.url,
        )


def parse_artist(node: Json) -> Entry:
    """An artist object, of either shape. Raises ProviderMalformed when it names nobody."""
    entry = _entry(node)
    if entry is None:
        raise ProviderMalformed(NAME, "the answer has no artist")
    return entry


def parse_search(content: Json) -> tuple[Entry, ...]:
    """The artists of a search, in Spotify's order. Raises ProviderMalformed when there is no list of artists."""
    return tuple(entry for item in items_of(child(content, "artists")) if (entry := _entry(item)) is not None)


def parse_releases(page: Json) -> tuple[Release, ...]:
    """A page of albums, the newest first, undated ones last. Raises ProviderMalformed when it is no page."""
    releases = (release for item in items_of(page) if (release := _release(item)) is not None)
    return tuple(sorted(releases, key=lambda release: release.released or date.min, reverse=True))


def _entry(node: Json) -> Entry | None:
    spotify_id, name = text(node, "id"), text(node, "name")
    if not is_spotify_id(spotify_id) or not name:
        return None
    popularity = count(node, "popularity")
    profile = Profile(
        name=name,
        url=https_url(child(node, "external_urls"), "spotify"),
        images=images_of(node),
        genres=tuple(dict.fromkeys(texts(node, "genres")))[:_MOST_GENRES],
        followers=count(child(node, "followers"), "total"),
        popularity=popularity if popularity is None or popularity <= _HIGHEST_POPULARITY else None,
    )
    return Entry(spotify_id, profile)


def _release(node: Json) -> Release | None:
    album_id, title = text(node, "id"), text(node, "name")
    if not is_spotify_id(album_id) or not title:
        return None
    released, precision = partial_date(text(node, "release_date"))
    return Release(
        id=album_id,
        title=title,
        released=released,
        precision=precision,
        kind=kind_of(node),
        url=https_url(child(node, "external_urls"), "spotify"),
    )


def _describe(profile: Profile) -> str:
    told = []
    if profile.genres:
        told.append(f"genres: {', '.join(profile.genres[:_GENRES_TOLD])}")
    if profile.followers is not None:
        told.append(f"{profile.followers:,} follower{'' if profile.followers == 1 else 's'}")
    return "; ".join(told)
