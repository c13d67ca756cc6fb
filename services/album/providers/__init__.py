"""What can a provider know about an album or a track? One small capability each; a provider implements those it can.

Every method is told what is meant as far as that is known, uses what it understands of it, and answers Found, Absent or
Ambiguous; it raises a ProviderFault for anything else: absence is an answer, a fault is not.
"""

from typing import Protocol

from facts.values import Tag
from kernel.evidence import Answer
from services.album.domain import (
    AlbumIdentity,
    AlbumListing,
    AlbumProfile,
    AlbumRelease,
    Brief,
    Description,
    TrackIdentity,
    TrackProfile,
)


class FindsAlbumProfile(Protocol):
    """Has a page about an album: counts, text, images, tracks."""

    def find_profile(self, what: AlbumIdentity, *, language: str) -> Answer[AlbumProfile]:
        """What is said of the album; `language` is the text's."""
        ...


class FindsAlbumTags(Protocol):
    """Knows the words people put on an album."""

    def find_tags(self, what: AlbumIdentity) -> Answer[tuple[Tag, ...]]:
        """The tags worth showing, heaviest first."""
        ...


class FindsListing(Protocol):
    """Sells or streams albums."""

    def find_listing(self, what: AlbumIdentity) -> Answer[AlbumListing]:
        """The album meant, by its id there or else by title and artist."""
        ...


class FindsRelease(Protocol):
    """Keeps a directory of records."""

    def find_release(self, what: AlbumIdentity) -> Answer[AlbumRelease]:
        """The record meant, by its id there or else by title and artist, which several may share: then Ambiguous."""
        ...


class FindsTrackProfile(Protocol):
    """Has a page about a track."""

    def find_track(self, what: TrackIdentity) -> Answer[TrackProfile]:
        """What is said of the track."""
        ...


class WritesDescription(Protocol):
    """Writes a text from facts."""

    def write(self, brief: Brief) -> Answer[Description]:
        """A text that says nothing but what the facts say; Absent when they are too few to write of."""
        ...
