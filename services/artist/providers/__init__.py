"""What can a provider know about an artist? One small capability each; a provider implements those it can.

Every method answers Found, Absent or Ambiguous, and raises a ProviderFault for anything else: absence is an answer, a fault
is not.
"""

from typing import Protocol

from kernel.evidence import Answer
from services.artist.domain import Profile, SimilarName, Tag


class FindsProfile(Protocol):
    """Knows an artist's page, counts, biography and images."""

    def find_profile(self, name: str, *, mbid: str | None, language: str) -> Answer[Profile]:
        """What is said of the artist of this name. `mbid` only checks the answer; `language` is the biography's."""
        ...


class FindsTags(Protocol):
    """Knows the words people put on an artist."""

    def find_tags(self, name: str) -> Answer[tuple[Tag, ...]]:
        """The tags worth showing (domain.heaviest_tags), heaviest first."""
        ...


class FindsSimilarArtists(Protocol):
    """Knows which artists are like another."""

    def find_similar_artists(self, name: str, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        """At most `limit` artists, most alike first."""
        ...


class ArtistProvider(FindsProfile, FindsTags, FindsSimilarArtists, Protocol):
    """One that can do all three."""
