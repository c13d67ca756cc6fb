"""Providers without an upstream, each of which satisfies its Protocol and puts its own questions."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from facts.values import Tag
from kernel.errors import ProviderFault
from kernel.evidence import Absent, Ambiguous, Answer, Found
from services.artist.asking import sources
from services.artist.asking.questions import Question
from services.artist.domain import (
    Audience,
    Biography,
    Identity,
    IdentityMatch,
    Kind,
    ListenCounts,
    Management,
    Manager,
    Profile,
    Release,
    SimilarName,
    match_key,
)

Says = Answer[Any] | ProviderFault
NOTHING = Absent("It knows nothing of this.")
LINK, BY_NAME, RELEASES, MANY = "link", "by_name", "releases", "many"
"""What the fakes are asked, where a Kind does not say it."""
ALL_OF_FAKE = sorted((Kind.PROFILE, Kind.TAGS, Kind.SIMILAR))
"""The kinds that FakeArtists answers."""

RADIOHEAD = IdentityMatch(
    "Radiohead",
    mbid="a74b1b7f-71a5-4011-9441-d0b5e4122711",
    spotify_id="4Z8W4fKeB5YxbusRsdQVPb",
    wikidata_id="Q44190",
    titles=("OK Computer", "Kid A", "In Rainbows"),
    genres=("art rock",),
)


class Asked(Protocol):
    """A provider that knows which questions it answers."""

    name: str

    def questions(self, askers: sources.Askers) -> list[Question]: ...


class Scripted:
    """Answers what `says` has for a question, or raises it, else the usual; keeps whom it was asked about.

    `meanwhile` is called with the question while the answer is being made, for tests that order threads.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.says: dict[str, Says] = {}
        self.meanwhile: Callable[[str], None] = lambda question: None
        self._lock = threading.Lock()  # guards asked
        self.asked: list[tuple[str, Identity, str]] = []

    @property
    def kinds(self) -> list[str]:
        """What it was asked, sorted."""
        return sorted(question for question, _, _ in self.asked)

    def says_everywhere(self, answer: Says) -> None:
        self.says = dict.fromkeys((*Kind, LINK, BY_NAME, RELEASES, MANY), answer)

    def answer(self, question: str, who: Identity, usual: Answer[Any], language: str = "") -> Answer[Any]:
        with self._lock:
            self.asked.append((question, who, language))
        self.meanwhile(question)
        said = self.says.get(question, usual)
        if isinstance(said, ProviderFault):
            raise said
        return said


def profile(name: str, language: str, *, listeners: int = 1000, mbid: str | None = None) -> Profile:
    text = f"About {name} in {language}."
    return Profile(name, f"https://example.org/{name}", mbid, listeners, 2 * listeners, Biography(language, text, text))


class FakeArtists(Scripted):
    """Asked by name, as Last.fm is. Knows everybody."""

    def __init__(self, name: str = "fake") -> None:
        super().__init__(name)

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.lastfm_questions(self.name, self, askers, "en")

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:
        return self.answer(Kind.PROFILE, who, Found(profile(who.name, language), 0.8, ("name",)), language)

    def find_tags(self, who: Identity) -> Answer[tuple[Tag, ...]]:
        return self.answer(Kind.TAGS, who, Found((Tag("rock", 100),), 0.8, ("name",)))

    def find_similar_artists(self, who: Identity, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        alike = (SimilarName(f"{who.name} Tribute", 0.9, 1),)[:limit]
        return self.answer(Kind.SIMILAR, who, Found(alike, 0.8, ("name",)))


class FakeDirectory(Scripted):
    """Knows its entries by name, by MusicBrainz id, also a `merged` one, and by the Spotify id it links."""

    def __init__(self, *entries: IdentityMatch) -> None:
        super().__init__("musicbrainz")
        self.entries = entries
        self.merged: dict[str, str] = {}

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.musicbrainz_questions(self.name, self, askers)

    def find_identity(self, who: Identity) -> Answer[IdentityMatch]:
        if who.spotify_id:
            linked = [IdentityMatch(e.name, e.mbid, e.spotify_id) for e in self.entries if e.spotify_id == who.spotify_id]
            return self.answer(LINK, who, _found(linked, 0.95, "links this Spotify id"))
        namesakes = [IdentityMatch(e.name, e.mbid) for e in self.entries if match_key(e.name) == match_key(who.name)]
        several = Ambiguous(tuple(namesakes)) if len(namesakes) > 1 else None
        return self.answer(BY_NAME, who, several or _found(namesakes, 0.7, "name, the only artist of it"))

    def find_links(self, who: Identity) -> Answer[IdentityMatch]:
        present = self.merged.get(who.mbid or "", who.mbid)
        return self.answer(Kind.LINKS, who, _found([e for e in self.entries if e.mbid == present], 0.95, "MusicBrainz id"))

    def find_releases(self, who: Identity) -> Answer[tuple[Release, ...]]:
        return self.answer(RELEASES, who, _releases([e for e in self.entries if e.mbid == who.mbid], "MusicBrainz id"))


class FakeSpotify(Scripted):
    """Knows its entries by Spotify id, and by name with an album."""

    def __init__(self, *entries: IdentityMatch) -> None:
        super().__init__("spotify")
        self.entries = entries

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.spotify_questions(self.name, self, askers)

    def find_identity(self, who: Identity) -> Answer[IdentityMatch]:
        alike = [e for e in self.entries if match_key(e.name) == match_key(who.name) and set(e.titles) & set(who.titles)]
        return self.answer(BY_NAME, who, _found([IdentityMatch(e.name, spotify_id=e.spotify_id) for e in alike], 0.8, "name"))

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:
        pages = [Profile(e.name, genres=e.genres, followers=500, popularity=70) for e in self._meant(who)]
        return self.answer(Kind.PROFILE, who, _found(pages, 1.0, "Spotify id"), language)

    def find_releases(self, who: Identity) -> Answer[tuple[Release, ...]]:
        return self.answer(RELEASES, who, _releases(self._meant(who), "Spotify id"))

    def _meant(self, who: Identity) -> list[IdentityMatch]:
        return [entry for entry in self.entries if entry.spotify_id == who.spotify_id]


class FakeAudience(Scripted):
    """Counts the month's listeners of everybody; it takes a batch at the price of one, and may leave some of it out."""

    def __init__(self) -> None:
        super().__init__("apify")
        self.left_out: frozenset[str] = frozenset()

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.apify_questions(self.name, self, askers)

    def find_audience(self, who: Identity) -> Answer[Audience]:
        return self.answer(Kind.MONTHLY_LISTENERS, who, Found(Audience(4000), 1.0, ("Spotify id",)))

    def find_audience_of_many(self, spotify_ids: Sequence[str]) -> Mapping[str, Answer[Audience]]:
        answer = self.answer(MANY, Identity(), Found(Audience(4000), 1.0, ("Spotify id",)))
        return {each: answer for each in spotify_ids if each not in self.left_out}


class FakeListens(Scripted):
    """Counts the listeners it was given by MusicBrainz id."""

    def __init__(self, **listeners: int) -> None:
        super().__init__("listenbrainz")
        self.listeners = listeners

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.listenbrainz_questions(self.name, self, askers)

    def find_listens(self, who: Identity) -> Answer[ListenCounts]:
        return self.answer(Kind.LISTENS, who, self._counts(who.mbid or ""))

    def find_listens_of_many(self, mbids: Sequence[str]) -> Mapping[str, Answer[ListenCounts]]:
        self.answer(MANY, Identity(), NOTHING)
        return {mbid: self._counts(mbid) for mbid in mbids}

    def _counts(self, mbid: str) -> Answer[ListenCounts]:
        count = self.listeners.get(mbid)
        return NOTHING if count is None else Found(ListenCounts(count, 10 * count), 0.95, ("MusicBrainz id",))


class FakeManagement(Scripted):
    """Knows by Spotify id or MusicBrainz id who looks after its entries."""

    def __init__(self, *entries: IdentityMatch) -> None:
        super().__init__("wikidata")
        self.entries = entries

    def questions(self, askers: sources.Askers) -> list[Question]:
        return sources.wikidata_questions(self.name, self, askers)

    def find_management(self, who: Identity) -> Answer[Management]:
        return self.answer(Kind.MANAGEMENT, who, self._managed(who))

    def find_management_of_many(self, many: Sequence[Identity]) -> Mapping[Identity, Answer[Management]]:
        self.answer(MANY, Identity(), NOTHING)
        return {who: self._managed(who) for who in many}

    def _managed(self, who: Identity) -> Answer[Management]:
        """With both ids they must be one entry's."""
        ids = {who.spotify_id, who.mbid} - {None}
        meant = [entry for entry in self.entries if ids & {entry.spotify_id, entry.mbid}]
        manager = Manager("Q1", {"en": "Somebody"}, "manager", references=1)
        known = [Management((manager,), entry) for entry in meant]
        return Ambiguous(tuple(known)) if len(known) > 1 else _found(known, 0.9, "id")


class FakeWorld:
    """All providers, which know the same artists."""

    def __init__(self, *entries: IdentityMatch) -> None:
        self.fake = FakeArtists()
        self.directory = FakeDirectory(*entries)
        self.spotify = FakeSpotify(*entries)
        self.audience = FakeAudience()
        self.listens = FakeListens(**{entry.mbid: 1000 for entry in entries if entry.mbid})
        self.management = FakeManagement(*entries)

    @property
    def providers(self) -> tuple[FakeArtists, FakeDirectory, FakeSpotify, FakeAudience, FakeListens, FakeManagement]:
        return self.fake, self.directory, self.spotify, self.audience, self.listens, self.management

    def is_down(self, fault: ProviderFault) -> None:
        for provider in self.providers:
            provider.says_everywhere(fault)

    def forget_asked(self) -> None:
        for provider in self.providers:
            provider.asked.clear()

    def asked(self) -> dict[str, list[str]]:
        """By provider, what it was asked; those that were not are left out."""
        return {provider.name: provider.kinds for provider in self.providers if provider.asked}


def _found(values: Sequence[Any], confidence: float, words: str) -> Answer[Any]:
    return Found(values[0], confidence, (words,)) if values else NOTHING


def _releases(entries: Sequence[IdentityMatch], words: str) -> Answer[tuple[Release, ...]]:
    made = [
        tuple(
            Release(f"{e.name}-{n}", title, date(2000 + n, 1, 1), labels=(f"{e.name} Records",))
            for n, title in enumerate(e.titles)
        )
        for e in entries
    ]
    return _found([each for each in made if each], 0.95, words)
