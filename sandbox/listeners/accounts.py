"""Which accounts are there, what have they played, and what plays right now?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.catalogue.library import Library
from sandbox.catalogue.reading import make_up_number
from sandbox.listeners.generator import generate_finished, generate_living
from sandbox.listeners.history import History, Played
from sandbox.listeners.plays import BadPlayError, Play, parse_names, parse_play, parse_plays
from sandbox.listeners.submitted import Announced, Submitted
from sandbox.listeners.titles import list_titles, recognise

LISTENER = "sandbox_listener"
PRIVATE = "example_private"
EMPTY = "example_empty"
_NUMBERED = re.compile(r"listener_([1-9]\d{0,6})")


@dataclass(slots=True)
class Account:
    """One account; `playing` is what it listens to at this moment.

    `submitted` and `announced` are what only ListenBrainz was told.
    """

    name: str
    country: str
    registered: int
    history: History
    is_private: bool = False
    playing: Played | None = None
    submitted: Submitted = field(default_factory=Submitted)
    announced: Announced | None = None


class Accounts:
    """The accounts by name. Histories are made when first asked for; `listener_<n>` has n plays, up to 9,999,999."""

    def __init__(self, library: Library, *, seed: int, until: datetime) -> None:
        self._library = library
        self._seed = seed
        self._until = until
        self._titles, self._sides = list_titles(library)
        self._accounts: dict[str, Account] = {}

    def find(self, name: str) -> Account | None:
        """Finds an account without regard to case; None when nobody has that name."""
        key = name.strip().lower()
        if key not in self._accounts:
            plays = self._generate(key)
            if plays is None:
                return None
            self._accounts[key] = self._build(key, plays)
        return self._accounts[key]

    def open(self, name: str) -> Account:
        """Finds an account, or opens one that has heard nothing yet."""
        key = name.strip().lower()
        return self.find(key) or self._accounts.setdefault(key, self._build(key, iter(())))

    def recognise(self, artist: str, track: str, album: str) -> Played:
        """Adds the catalogue's identifiers to the names of a track, where it has them."""
        return recognise(self._library, artist, track, album)

    def change_now_playing(self, body: Mapping[str, object] | None) -> dict[str, object]:
        """Sets what `user` plays; without a track nothing plays; None silences everybody. Returns what was understood."""
        if body is None:
            for account in self._accounts.values():
                account.playing = account.announced = None
            return {}
        account = self._account_of(body)
        playing = self.recognise(*parse_names(body), str(body.get("album") or "")) if body.get("track") else None
        account.playing, account.announced = playing, None
        return dict(body)

    def add_plays(self, body: Mapping[str, object]) -> int:
        """Adds `plays` to `user`, all or none; returns the account's new total."""
        account = self._account_of(body)
        for play in parse_plays(body):
            account.history.add(play.second, self._played(play))
        return len(account.history)

    def remove_plays(self, body: Mapping[str, object]) -> int:
        """Removes one play of `user` for each of `plays`, all or none; returns the account's new total."""
        account, missing = self._account_of(body), []
        places: set[int] = set()
        for play in parse_plays(body):
            place = account.history.find(play, places)
            if place is None:
                missing.append(str(play))
            else:
                places.add(place)
        if missing:
            raise BadPlayError(f"plays: not there: {'; '.join(missing)}")
        account.history.remove(places)
        return len(account.history)

    def edit_play(self, body: Mapping[str, object]) -> int:
        """Makes the play `to` of the play `from` of `user`; returns the account's total."""
        account = self._account_of(body)
        before, after = parse_play("from", body.get("from")), parse_play("to", body.get("to"))
        place = account.history.find(before)
        if place is None:
            raise BadPlayError(f"from: not there: {before}")
        account.history.replace(place, after.second, self._played(after))
        return len(account.history)

    def _account_of(self, body: Mapping[str, object]) -> Account:
        account = self.find(str(body.get("user", "")))
        if account is None:
            raise BadPlayError(f"user: {LISTENER}, {EMPTY}, {PRIVATE} or listener_<n>")
        return account

    def _build(self, name: str, plays: Iterator[tuple[int, int]]) -> Account:
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

    def _played(self, play: Play) -> Played:
        return self.recognise(play.artist, play.track, play.album or "")
