"""What can be asked of whom about an album or a track, and what do the answers change in what is known?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from facts.asking import Asker, Reply
from facts.checking import Freshness, check_of, evidence_of
from facts.known import Check, F, Fact, K, V
from facts.naming import match_key
from facts.values import Tag
from kernel.evidence import Absent, Answer, Evidence, Found
from services.album.domain import (
    AlbumField,
    AlbumIdentity,
    AlbumListing,
    AlbumProfile,
    AlbumRelease,
    Description,
    Kind,
    TrackField,
    TrackIdentity,
    TrackKind,
    TrackProfile,
)
from services.album.dossier import AlbumFact, AlbumValue, TrackFact, TrackValue
from services.album.providers import FindsAlbumProfile, FindsAlbumTags, FindsListing, FindsRelease, FindsTrackProfile

W = TypeVar("W")
"""What is asked about: an AlbumIdentity or a TrackIdentity."""

_WORTH_SHOWING = 0.5
"""What is less likely than this to be about the thing asked for is not shown."""


@dataclass(frozen=True)
class Question(Generic[W, K]):
    """One thing to ask one provider; `has_text`: its answer differs by language."""

    kind: K
    find: Callable[[W, str], Answer[Any]]
    key: Callable[[W, str], str]
    asker: Asker[Any]
    has_text: bool = False

    @property
    def provider(self) -> str:
        return self.asker.provider

    def language(self, language: str) -> str:
        """The language its answer is in; empty for all that is no text."""
        return language if self.has_text else ""

    def ask(self, what: W, language: str, *, force: bool) -> Reply[Any]:
        """What the provider says now, or said lately unless `force` is set. Never raises a ProviderFault."""
        return self.asker.ask(self.key(what, language), lambda: self.find(what, language), force=force)


@dataclass(frozen=True)
class Learned(Generic[F, V, K]):
    """What is to be written down. Facts of a kind that was not answered are not in here, so they stay as they are."""

    facts: tuple[Fact[F, V], ...] = ()
    checks: tuple[Check[K], ...] = ()


class HoldsChecks(Protocol[K]):
    """What was known before."""

    def check(self, provider: str, kind: K, language: str) -> Check[K] | None: ...


def learn(
    before: HoldsChecks[K],
    replies: Iterable[tuple[Question[Any, K], Reply[Any]]],
    *,
    language: str,
    freshness: Freshness[K],
    facts_of: Callable[[Any, Evidence], Iterable[Fact[F, V]]],
) -> Learned[F, V, K]:
    """Faults and absences only become checks: neither ever erases a value."""
    facts: list[Fact[F, V]] = []
    checks: list[Check[K]] = []
    for question, reply in replies:
        said = _settled(reply)
        its_language = question.language(language)
        held = before.check(reply.provider, question.kind, its_language)
        checks.append(check_of(said, question.kind, its_language, before=held, freshness=freshness))
        if isinstance(said.outcome, Found):
            facts += facts_of(said.outcome.value, evidence_of(said, said.outcome, freshness.fresh[question.kind]))
    return Learned(tuple(facts), tuple(checks))


def _settled(reply: Reply[Any]) -> Reply[Any]:
    found = reply.outcome
    if isinstance(found, Found) and found.confidence < _WORTH_SHOWING:
        reason = f"What {reply.provider} says is not certain to be about this ({', '.join(found.matched_on)})."
        return Reply(reply.provider, Absent(reason), reply.retrieved_at)
    return reply


def facts_of_album(value: Any, evidence: Evidence) -> list[AlbumFact]:
    """One fact for every field that the answer gives a value."""
    if isinstance(value, AlbumProfile) and value.wiki is not None:
        wiki = value.wiki
        text = Evidence(
            evidence.provider,
            evidence.retrieved_at,
            evidence.valid_until,
            evidence.confidence,
            evidence.matched_on,
            wiki.url or evidence.source_url,
            wiki.licence,
        )
        return [*_plain_facts(value, evidence), AlbumFact(AlbumField.WIKI, wiki, text, wiki.language)]
    return _plain_facts(value, evidence)


def _plain_facts(value: Any, evidence: Evidence) -> list[AlbumFact]:
    language = value.language if isinstance(value, Description) else ""
    values = _values(value).items()
    return [AlbumFact(field, said, evidence, language) for field, said in values if said not in (None, "", ())]


def _values(value: Any) -> Mapping[AlbumField, AlbumValue | None]:
    match value:
        case AlbumProfile():
            return {
                AlbumField.URL: value.url,
                AlbumField.LISTENERS: value.listeners,
                AlbumField.PLAYCOUNT: value.playcount,
                AlbumField.IMAGES: value.images,
                AlbumField.TRACKS: value.tracks,
            }
        case AlbumListing():
            return {
                AlbumField.SPOTIFY_ID: value.id,
                AlbumField.IMAGES: value.images,
                AlbumField.RELEASED: value.released,
                AlbumField.BARCODE: value.barcode,
                AlbumField.LABELS: (value.label,) if value.label else (),
                AlbumField.KIND: value.kind,
            }
        case AlbumRelease():
            return {
                AlbumField.MBID: value.mbid,
                AlbumField.RELEASE_GROUP_MBID: value.group_mbid,
                AlbumField.RELEASED: value.released,
                AlbumField.KIND: value.kind,
                AlbumField.LABELS: value.labels,
                AlbumField.GENRES: value.genres,
                AlbumField.BARCODE: value.barcode,
            }
        case Description():
            return {AlbumField.DESCRIPTION: value}
        case tuple():
            return {AlbumField.TAGS: value}
        case _:
            raise TypeError(value)


def facts_of_track(value: TrackProfile, evidence: Evidence) -> list[TrackFact]:
    """One fact for every field that the answer gives a value."""
    values: Mapping[TrackField, TrackValue | None] = {
        TrackField.URL: value.url,
        TrackField.LISTENERS: value.listeners,
        TrackField.PLAYCOUNT: value.playcount,
        TrackField.TAGS: value.tags,
        TrackField.DURATION: round(value.duration / timedelta(milliseconds=1)) if value.duration else None,
    }
    return [TrackFact(field, said, evidence) for field, said in values.items() if said not in (None, "", ())]


Askers = Callable[[str, Any], Asker[Any]]
"""Makes the asker of one operation whose found value has this shape."""


class LastfmAlbumPages(FindsAlbumProfile, FindsAlbumTags, Protocol):
    """What is asked of Last.fm about an album."""


def lastfm_questions(pages: LastfmAlbumPages, askers: Askers, default_language: str) -> list[Question[AlbumIdentity, Kind]]:
    """By title and artist: operators look for `lastfm:album:{album}:{artist}` in Redis; other languages than the usual follow."""

    def profile_key(what: AlbumIdentity, language: str) -> str:
        return f"lastfm:album:{_named(what)}" + ("" if language == default_language else f":{language}")

    return [
        Question(
            Kind.PROFILE,
            lambda what, language: pages.find_profile(what, language=language),
            profile_key,
            askers("album", AlbumProfile),
            has_text=True,
        ),
        Question(
            Kind.TAGS,
            lambda what, _: pages.find_tags(what),
            lambda what, _: f"lastfm:albumtags:{_named(what)}",
            askers("album_tags", tuple[Tag, ...]),
        ),
    ]


def spotify_questions(shop: FindsListing, askers: Askers) -> list[Question[AlbumIdentity, Kind]]:
    """By Spotify's id where a person gave it, else by title and artist."""
    return [
        Question(
            Kind.LISTING,
            lambda what, _: shop.find_listing(what),
            lambda what, _: f"spotify:album:{what.spotify_id or _named(what)}",
            askers("album", AlbumListing),
        )
    ]


def musicbrainz_questions(directory: FindsRelease, askers: Askers) -> list[Question[AlbumIdentity, Kind]]:
    """By the release it was named with, else by title and artist."""
    return [
        Question(
            Kind.RELEASE,
            lambda what, _: directory.find_release(what),
            lambda what, _: f"musicbrainz:release:{what.mbid or what.release_group_mbid or _named(what)}",
            askers("release", AlbumRelease),
        )
    ]


def track_questions(pages: FindsTrackProfile, askers: Askers) -> list[Question[TrackIdentity, TrackKind]]:
    """By title and artist: `lastfm:track:{track}:{artist}`."""
    return [
        Question(
            TrackKind.PROFILE,
            lambda what, _: pages.find_track(what),
            lambda what, _: f"lastfm:track:{_named(what)}",
            askers("track", TrackProfile),
        )
    ]


def _named(what: AlbumIdentity | TrackIdentity) -> str:
    return ":".join(match_key(name).replace(":", "%3A") for name in (what.title, what.artist))


@dataclass(frozen=True)
class Policy(Generic[K]):
    """How long answers are good for; `budget`: the longest wait for all providers of one read together while somebody waits,
    `leisure`: while nobody does.
    """

    freshness: Freshness[K]
    budget: timedelta
    leisure: timedelta


@dataclass(frozen=True)
class Wish(Generic[K]):
    """What a caller wants to know: only these `kinds` (None: all); with `force` even when what is held is fresh."""

    language: str
    kinds: Sequence[K] | None = None
    force: bool = False
    is_waited_for: bool = True
