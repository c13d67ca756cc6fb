"""What is a writer told of an album?"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from facts.values import Text
from services.album.describing import plain_line, whole_sentences
from services.album.domain import AlbumTrack, Brief

TITLE, ARTIST = "title", "artist"
"""The facts that say which album it is, and nothing about it."""

_MOST_TITLES = 20
_LONGEST_TITLE = 100
_LONGEST_WIKI = 600
_MILLION = 1_000_000


def make_brief(  # noqa: PLR0913 - what may be known of an album, all by name
    language: str,
    *,
    title: str,
    artist: str,
    released: str = "",
    kind: str = "",
    labels: Sequence[str] = (),
    genres: Sequence[str] = (),
    tracks: Sequence[AlbumTrack] = (),
    listeners: int | None = None,
    playcount: int | None = None,
    wiki: Text | None = None,
) -> Brief:
    """The facts that are known, always in this order: the same knowledge makes the same brief, so it may be a key.

    Counts are rounded to two figures: they change by the day, and a text is not written anew for it. Of the wiki, which is
    CC BY-SA, the first sentences are handed on, at most 600 characters, as what they are.
    """
    known = (
        (TITLE, title),
        (ARTIST, artist),
        ("released", released),
        ("kind", kind),
        ("labels", _listed(labels)),
        ("genres", _listed(genres)),
        ("number of tracks", str(len(tracks) or "")),
        ("total length", _total_length(tracks)),
        ("listeners on Last.fm", _about(listeners)),
        ("plays on Last.fm", _about(playcount)),
        (_tracks_key(tracks), _listed((track.title for track in sorted(tracks, key=_place)[:_MOST_TITLES]), "; ")),
        ("Last.fm's readers write", _beginning(wiki)),
    )
    lines = ((key, plain_line(value)) for key, value in known)
    return Brief(language, tuple((key, value) for key, value in lines if value))


def _place(track: AlbumTrack) -> tuple[int, str]:
    return track.position, track.title


def _tracks_key(tracks: Sequence[AlbumTrack]) -> str:
    return "first tracks" if len(tracks) > _MOST_TITLES else "tracks"


def _listed(names: Iterable[str], mark: str = ", ") -> str:
    cleaned = (plain_line(name)[:_LONGEST_TITLE].strip() for name in names)
    return mark.join(dict.fromkeys(name for name in cleaned if name))


def _total_length(tracks: Sequence[AlbumTrack]) -> str:
    """Whole minutes; empty where the length of any track is not known."""
    lengths = [track.duration for track in tracks if track.duration]
    minutes = round(sum(lengths, timedelta()) / timedelta(minutes=1))
    return f"{minutes} minutes" if minutes and len(lengths) == len(tracks) else ""


def _about(number: int | None) -> str:
    """A count as a person says it, in two figures: writers say "1.2 million" whatever they are told."""
    if not number:
        return ""
    step: int = 10 ** max(0, len(str(number)) - 2)
    rounded = (number + step // 2) // step * step
    if rounded < _MILLION:
        return f"about {rounded}" if step > 1 else str(rounded)
    return f"about {rounded / _MILLION:g} million"


def _beginning(wiki: Text | None) -> str:
    content = plain_line(wiki.content) if wiki else ""
    return content if len(content) <= _LONGEST_WIKI else whole_sentences(content, _LONGEST_WIKI) or content[:_LONGEST_WIKI]
