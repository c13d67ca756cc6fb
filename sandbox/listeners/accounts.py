"""Which accounts are there, what have they played, and what plays right now?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sandbox.catalogue.library import Library
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.reading import make_up_number
from sandbox.listeners.generator import Side, generate_finished, generate_living
from sandbox.listeners.history import History, Played

LISTENER = "sandbox_listener"
PRIVATE = "example_private"
EMPTY = "example_empty"
_NUMBERED = re.compile(r"listener_([1-9]\d{0,6})")
_UNKNOWN_LENGTH = 200
_YEAR_10000 = 253_402_300_800


class BadPlayError(ValueError):
    """A play that cannot be added; the text says what to correct."""


@dataclass(slots=True)
class Account:
    """One account; `playing` is what it listens to at this moment."""

    name: str
    country: str
    registered: int
    history: History
    is_private: bool = False
    playing: Played | None = None


class Accounts:
    """The accounts by name. Histories are made when first asked for; `listener_<n>` has n plays, up to 9,999,999."""

    def __init__(self, library: Library, *, seed: int, until: datetime) -> None:
        self._library = library
        self._seed = seed
        self._until = until
        self._titles, self._sides = _list_titles(library)
        self._accounts: dict[str, Account] = {}

    def find(self, name: str) -> Account | None:
        """Finds an account without regard to case; None when nobody has that name."""
        key = name.strip().lower()
        if key not in self._accounts:
            account = self._open(key)
            if account is None:
                return None
            self._accounts[key] = account
        return self._accounts[key]

    def change_now_playing(self, body: Mapping[str, object] | None) -> dict[str, object]:
        """Sets what `user` plays; without a track nothing plays; None silences everybody. Returns what was understood."""
        if body is None:
            for account in self._accounts.values():
                account.playing = None
            return {}
        account = self._account_of(body)
        account.playing = self._parse_played(body) if body.get("track") else None
        return dict(body)

    def add_plays(self, body: Mapping[str, object]) -> int:
        """Adds `plays` to `user`, all or none; returns the account's new total."""
        account, plays = self._account_of(body), body.get("plays")
        if not isinstance(plays, list) or not all(isinstance(play, dict) for play in plays):
            raise BadPlayError("plays: a list of {uts, artist, track, album?}")
        parsed = [(_parse_second(play), self._parse_played(play)) for play in plays]
        for second, played in parsed:
            account.history.add(second, played)
        return len(account.history)

    def _account_of(self, body: Mapping[str, object]) -> Account:
        account = self.find(str(body.get("user", "")))
        if account is None:
            raise BadPlayError(f"user: {LISTENER}, {EMPTY}, {PRIVATE} or listener_<n>")
        return account

    def _open(self, name: str) -> Account | None:
        plays = self._generate(name)
        if plays is None:
            return None
        return Account(
            name=name,
            country="None" if name == EMPTY else "France",
            registered=1_200_000_000 + make_up_number(0, 50_000_000, name),
            # Every account appends its own titles, so each needs its own list.
            history=History(list(self._titles), plays),
            is_private=name == PRIVATE,
        )

    def _generate(self, name: str) -> Iterator[tuple[int, int]] | None:
        if name == LISTENER:
            return generate_living(name, self._seed, self._sides, self._until)
        if name == EMPTY:
            return iter(())
        numbered = _NUMBERED.fullmatch(name)
        total = 500 if name == PRIVATE else int(numbered[1]) if numbered else 0
        return generate_finished(name, self._seed, self._sides, total) if total else None

    def _parse_played(self, body: Mapping[str, object]) -> Played:
        artist, track, album = (str(body.get(name) or "") for name in ("artist", "track", "album"))
        if not artist or not track:
            raise BadPlayError("artist, track: needed for every play")
        known = self._library.find_artist(artist)
        found = self._library.find_track(known, track) if known else None
        if known is None or found is None or found[0].title != album:
            return Played(artist, track, album)
        return _to_played(known, *found)


def _parse_second(play: Mapping[str, object]) -> int:
    second = play.get("uts")
    if not isinstance(second, int) or isinstance(second, bool) or not 0 <= second < _YEAR_10000:
        raise BadPlayError("uts: whole seconds since 1970")
    return second


def _list_titles(library: Library) -> tuple[list[Played], list[Side]]:
    titles: list[Played] = []
    sides: list[Side] = []
    for artist, album in library.albums():
        first = len(titles)
        titles += [_to_played(artist, album, track) for track in album.tracks]
        lengths = [track.seconds or _UNKNOWN_LENGTH for track in album.tracks]
        if lengths:
            sides.append(list(enumerate(lengths, first)))
    return titles, sides


def _to_played(artist: Artist, album: Album, track: Track) -> Played:
    # Last.fm leaves many identifiers empty: here every seventh track and every fifth album.
    knows_track = make_up_number(0, 6, artist.name, track.title) > 0
    knows_album = make_up_number(0, 4, artist.name, album.title) > 0
    return Played(
        artist=artist.name,
        track=track.title,
        album=album.title,
        artist_mbid=artist.mbid,
        track_mbid=track.mbid if knows_track else "",
        album_mbid=album.mbid if knows_album else "",
    )
