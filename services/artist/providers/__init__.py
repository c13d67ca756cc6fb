"""What can a provider know about an artist? One small capability each; a provider implements those it can.

Every method is told who is meant as far as that is known, uses what it understands of it, and answers Found, Absent or Ambiguous.
It raises a ProviderFault for anything else: absence is an answer, a fault is not. `…_of_many` answers by the id that was given,
every one of them.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from facts.values import Tag
from kernel.evidence import Answer
from services.artist.domain import Audience, Identity, IdentityMatch, ListenCounts, Management, Profile, Release, SimilarName


class FindsIdentity(Protocol):
    """Keeps a directory of artists, and can say which of its entries is meant."""

    def find_identity(self, who: Identity) -> Answer[IdentityMatch]:
        """The entry meant, by the best id or else by the name, which several may share: then Ambiguous, best match first."""
        ...


class FindsLinks(Protocol):
    """Links its entries to the same artists elsewhere."""

    def find_links(self, who: Identity) -> Answer[IdentityMatch]:
        """The entry with this `mbid`, under its present id where it was merged."""
        ...


class FindsProfile(Protocol):
    """Has a page about an artist: counts, biography, images, genres."""

    def find_profile(self, who: Identity, *, language: str) -> Answer[Profile]:
        """What is said of the artist; `language` is the biography's."""
        ...


class FindsTags(Protocol):
    """Knows the words people put on an artist."""

    def find_tags(self, who: Identity) -> Answer[tuple[Tag, ...]]:
        """The tags worth showing (domain.heaviest_tags), heaviest first."""
        ...


class FindsSimilarArtists(Protocol):
    """Knows which artists are like another."""

    def find_similar_artists(self, who: Identity, *, limit: int) -> Answer[tuple[SimilarName, ...]]:
        """At most `limit` artists, most alike first."""
        ...


class FindsAudience(Protocol):
    """Counts the people who listened during the last month."""

    def find_audience(self, who: Identity) -> Answer[Audience]:
        """The audience of the artist with this `spotify_id`."""
        ...

    def find_audience_of_many(self, spotify_ids: Sequence[str]) -> Mapping[str, Answer[Audience]]:
        """Of all of these at the price of one question."""
        ...


class FindsListens(Protocol):
    """Counts listens."""

    def find_listens(self, who: Identity) -> Answer[ListenCounts]:
        """The counts of the artist with this `mbid`."""
        ...

    def find_listens_of_many(self, mbids: Sequence[str]) -> Mapping[str, Answer[ListenCounts]]:
        """Of all of these at the price of one question."""
        ...


class FindsReleases(Protocol):
    """Knows an artist's records and who brought them out."""

    def find_releases(self, who: Identity) -> Answer[tuple[Release, ...]]:
        """The artist's own releases, the newest first."""
        ...


class FindsManagement(Protocol):
    """Knows who looks after an artist."""

    def find_management(self, who: Identity) -> Answer[Management]:
        """By `spotify_id`, `mbid`, or both, which then must agree."""
        ...

    def find_management_of_many(self, many: Sequence[Identity]) -> Mapping[Identity, Answer[Management]]:
        """Of all of these at the price of one question."""
        ...
