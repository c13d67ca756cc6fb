"""Where may a picture be found? Each source is asked the same question."""

from typing import Protocol

from services.cover.domain import NoPicture, Picture, SourceName, Subject


class FindsPictures(Protocol):
    """Has pictures of albums or artists."""

    @property
    def name(self) -> SourceName: ...

    def find(self, subject: Subject) -> Picture | NoPicture:
        """The subject's picture, which the caller closes; or why there is none.

        Raises a ProviderFault when no answer came, which says nothing about whether there is a picture; DeadlineSpent.
        """
        ...
