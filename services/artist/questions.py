"""Who is asked about, whom do we ask, and under which name is the answer remembered?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kernel.asking import Asker, Reply
from services.artist.domain import MAX_SIMILAR, Artist, ArtistId, ArtistName, Kind, match_key
from services.artist.providers import ArtistProvider


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the providers are asked about; `artist` is None until one of them knows the name."""

    name: str
    mbid: str | None
    artist: Artist | None

    @property
    def named(self) -> ArtistName:
        return ArtistName(self.name, self.mbid)

    @property
    def key(self) -> str:
        """Names the subject in the caches."""
        return dossier_key(self.artist.id) if self.artist else f"artist:name:{match_key(self.name)}:{self.mbid or ''}"


def dossier_key(artist_id: ArtistId) -> str:
    """The cache's name of all that is known of one artist."""
    return f"artist:{artist_id}"


@dataclass(frozen=True, slots=True)
class AskedProvider:
    """One provider, with an asker for each kind of fact it is asked for. `language` is the one that cache keys leave out."""

    name: str
    provider: ArtistProvider
    askers: Mapping[Kind, Asker[Any]]
    language: str

    def ask(self, kind: Kind, subject: Subject, language: str, *, force: bool) -> Reply[Any]:
        """What it says of the subject now, or said lately unless `force` is set."""
        questions: dict[Kind, Callable[[], Any]] = {
            Kind.PROFILE: partial(self.provider.find_profile, subject.name, mbid=subject.mbid, language=language),
            Kind.TAGS: partial(self.provider.find_tags, subject.name),
            Kind.SIMILAR: partial(self.provider.find_similar_artists, subject.name, limit=MAX_SIMILAR),
        }
        return self.askers[kind].ask(self._key(kind, subject, language), questions[kind], force=force)

    def _key(self, kind: Kind, subject: Subject, language: str) -> str:
        """Operators look for these in Redis."""
        about = "artist" if kind is Kind.PROFILE else kind
        limit = f":{MAX_SIMILAR}" if kind is Kind.SIMILAR else ""
        own_language = f":{language}" if kind is Kind.PROFILE and language != self.language else ""
        namesake = f":{subject.mbid}" if subject.mbid else ""
        return f"{self.name}:{about}:{match_key(subject.name)}{limit}{own_language}{namesake}"
