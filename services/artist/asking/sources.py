"""Which questions does each provider answer, what must be known for them, and under which key is the answer remembered?"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from facts.asking import Asker
from facts.values import Tag
from kernel.evidence import Absent, Answer, Found
from services.artist.asking.questions import NAME, NAMESAKES, STRANGER, Question, Subject, by_id, by_name
from services.artist.domain import (
    MAX_SIMILAR,
    Audience,
    Identity,
    IdentityMatch,
    IdScheme,
    Kind,
    ListenCounts,
    Management,
    Profile,
    Release,
    SimilarName,
)
from services.artist.providers import (
    FindsAudience,
    FindsIdentity,
    FindsLinks,
    FindsListens,
    FindsManagement,
    FindsProfile,
    FindsReleases,
    FindsSimilarArtists,
    FindsTags,
)

T = TypeVar("T")

MBID, SPOTIFY = IdScheme.MBID, IdScheme.SPOTIFY
Popularity = tuple[tuple[str, int], ...]
"""Listeners of several artists, by MusicBrainz id."""

LINK, BY_NAME, MERGED, POPULARITY, BY_MBID = "link", "by_name", "merged", "popularity", "by_mbid"
"""Steps of finding out who is meant."""

Askers = Callable[[str, Any], Asker[Any]]
"""Makes the asker of one operation whose found value has this shape."""


class Lastfm(FindsProfile, FindsTags, FindsSimilarArtists, Protocol):
    """What is asked of Last.fm."""


class Spotify(FindsIdentity, FindsProfile, FindsReleases, Protocol):
    """What is asked of Spotify."""


class Musicbrainz(FindsIdentity, FindsLinks, FindsReleases, Protocol):
    """What is asked of MusicBrainz."""


def lastfm_questions(name: str, provider: Lastfm, askers: Askers, language: str) -> list[Question]:
    """By name. `language` is the one that keys leave out."""

    def key(subject: Subject) -> str:
        own = "" if subject.language == language else f":{subject.language}"
        return by_name(f"{name}:artist", own)(subject)

    def profile(subject: Subject) -> Answer[Profile]:
        return provider.find_profile(subject.who, language=subject.language)

    def similar(subject: Subject) -> Answer[tuple[SimilarName, ...]]:
        return provider.find_similar_artists(subject.who, limit=MAX_SIMILAR)

    tags = by_name(f"{name}:tags")
    alike = by_name(f"{name}:similar", f":{MAX_SIMILAR}")
    return [
        Question(name, Kind.PROFILE, profile, key, askers("profile", Profile), needs=(NAME,), has_text=True),
        Question(name, Kind.TAGS, lambda s: provider.find_tags(s.who), tags, askers("tags", tuple[Tag, ...]), needs=(NAME,)),
        Question(name, Kind.SIMILAR, similar, alike, askers("similar", tuple[SimilarName, ...]), needs=(NAME,)),
    ]


def spotify_questions(name: str, provider: Spotify, askers: Askers) -> list[Question]:
    """By Spotify id; the id itself is looked for by name and albums, once nobody links one."""

    def key(subject: Subject) -> str:
        return f"{by_name(f'{name}:identity')(subject)}:{len(subject.who.titles)}"

    def profile(subject: Subject) -> Answer[Profile]:
        return provider.find_profile(subject.who, language=subject.language)

    return [
        Question(name, Kind.PROFILE, profile, by_id(f"{name}:artist", SPOTIFY), askers("profile", Profile), needs=(SPOTIFY,)),
        Question(
            name,
            Kind.LABELS,
            lambda s: provider.find_releases(s.who),
            by_id(f"{name}:releases", SPOTIFY),
            askers("releases", tuple[Release, ...]),
            needs=(SPOTIFY,),
        ),
        Question(
            name,
            Kind.IDENTITY,
            lambda s: provider.find_identity(s.who),
            key,
            askers("identity", IdentityMatch),
            needs=(NAME, "titles"),
            unless=SPOTIFY,
            after=("musicbrainz/links", "wikidata/management/by_mbid"),
            step=BY_NAME,
        ),
    ]


def apify_questions(name: str, provider: FindsAudience, askers: Askers) -> list[Question]:
    """By Spotify id."""
    return [
        Question(
            name,
            Kind.MONTHLY_LISTENERS,
            lambda s: provider.find_audience(s.who),
            by_id(f"{name}:audience", SPOTIFY),
            askers("audience", Audience),
            needs=(SPOTIFY,),
            slow=True,
            find_many=_of_many(SPOTIFY, provider.find_audience_of_many),
        )
    ]


def musicbrainz_questions(name: str, provider: Musicbrainz, askers: Askers) -> list[Question]:
    """Who is meant, by a link to Spotify, else by name; then, by MusicBrainz id, its links and its releases.

    One call a second is all that is granted: the links are left to a job where another way led to the Spotify id already.
    """
    links = Question(
        name,
        Kind.LINKS,
        lambda s: provider.find_links(s.who),
        by_id(f"{name}:links", MBID),
        askers("links", IdentityMatch),
        needs=(MBID,),
        leisurely=lambda subject: subject.knows(SPOTIFY),
    )
    labels = Question(
        name,
        Kind.LABELS,
        lambda s: provider.find_releases(s.who),
        by_id(f"{name}:releases", MBID),
        askers("releases", tuple[Release, ...]),
        needs=(MBID,),
        after=(links.name,),
    )
    return [*_which_entry(name, provider, askers, links.name), links, labels]


def _which_entry(name: str, provider: Musicbrainz, askers: Askers, links: str) -> list[Question]:
    identity, matches = f"{name}/{Kind.IDENTITY}", askers("identity", IdentityMatch)

    def by_link(subject: Subject) -> Answer[IdentityMatch]:
        return provider.find_identity(Identity(spotify_id=subject.who.spotify_id))

    def by_own_name(subject: Subject) -> Answer[IdentityMatch]:
        return provider.find_identity(Identity(subject.who.name, titles=subject.who.titles))

    def own_name_key(subject: Subject) -> str:
        return f"{by_name(f'{name}:identity')(subject)}:{len(subject.who.titles)}"

    link = Question(
        name, Kind.IDENTITY, by_link, by_id(f"{name}:link", SPOTIFY), matches, needs=(SPOTIFY,), unless=MBID, step=LINK
    )
    named = Question(
        name,
        Kind.IDENTITY,
        by_own_name,
        own_name_key,
        matches,
        needs=(NAME,),
        unless=MBID,
        after=(f"{identity}/{LINK}", "wikidata/management", "spotify/labels"),
        step=BY_NAME,
    )
    merged = Question(
        name,
        Kind.IDENTITY,
        lambda s: provider.find_links(Identity(mbid=s.stranger)),
        lambda s: f"{name}:links:{s.stranger}",
        matches,
        needs=(STRANGER,),
        after=(f"{identity}/{LINK}", f"{identity}/{BY_NAME}", links),
        step=MERGED,
    )
    return [link, named, merged]


def listenbrainz_questions(name: str, provider: FindsListens, askers: Askers) -> list[Question]:
    """Counts by MusicBrainz id; of namesakes, who is heard how much."""

    def popularity(subject: Subject) -> Answer[Popularity]:
        answers = provider.find_listens_of_many(subject.namesakes)
        counts = _listeners(answers)
        return Found(counts, 1.0, ("MusicBrainz ids",)) if counts else Absent("It has too few listeners of any of them to count.")

    return [
        Question(
            name,
            Kind.LISTENS,
            lambda s: provider.find_listens(s.who),
            by_id(f"{name}:listens", MBID),
            askers("listens", ListenCounts),
            needs=(MBID,),
            find_many=_of_many(MBID, provider.find_listens_of_many),
        ),
        Question(
            name,
            Kind.IDENTITY,
            popularity,
            lambda s: f"{name}:popularity:{','.join(sorted(s.namesakes))}",
            askers("popularity", Popularity),
            needs=(NAMESAKES,),
            unless=MBID,
            step=POPULARITY,
        ),
    ]


def wikidata_questions(name: str, provider: FindsManagement, askers: Askers) -> list[Question]:
    """By Spotify id where that is known first, else by MusicBrainz id; with both, they check each other."""

    def key(subject: Subject) -> str:
        return f"{name}:management:{subject.who.spotify_id or ''}:{subject.who.mbid or ''}"

    asker = askers("management", Management)
    return [
        Question(
            name,
            Kind.MANAGEMENT,
            lambda s: provider.find_management(s.who),
            key,
            asker,
            needs=(SPOTIFY,),
            find_many=provider.find_management_of_many,
        ),
        Question(
            name,
            Kind.MANAGEMENT,
            lambda s: provider.find_management(s.who),
            key,
            asker,
            needs=(MBID,),
            unless=SPOTIFY,
            after=("musicbrainz/links",),
            step=BY_MBID,
        ),
    ]


def _of_many(
    scheme: IdScheme, find: Callable[[Sequence[str]], Mapping[str, Answer[T]]]
) -> Callable[[Sequence[Identity]], Mapping[Identity, Answer[T]]]:
    """Asks for many by one kind of id, and answers by whom it was asked for."""

    def ask(many: Sequence[Identity]) -> dict[Identity, Answer[T]]:
        ids = {who: str(value) for who in many if (value := getattr(who, scheme))}
        answers = find([*ids.values()])
        return {who: answers[each] for who, each in ids.items() if each in answers}

    return ask


def _listeners(answers: Mapping[str, Answer[ListenCounts]]) -> Popularity:
    counted = ((mbid, each.value.listeners) for mbid, each in answers.items() if isinstance(each, Found))
    return tuple(sorted((mbid, listeners) for mbid, listeners in counted if listeners))
