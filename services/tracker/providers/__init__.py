"""What can be asked of whom keeps a listener's history: small capabilities, each implemented by those that have it."""

from collections.abc import Sequence
from typing import Protocol

from kernel.evidence import Answer
from services.tracker.domain import Page, Play
from services.tracker.walking import Ask


class ReadsHistory(Protocol):
    """Knows what an account has played."""

    def find_page(self, account: str, ask: Ask) -> Answer[Page]:
        """One page of an account's plays; `Absent` never, an empty page is Found.

        Raises NotFound for an account that is not there, FailedPrecondition in one sentence for what the person who runs this
        must settle first (a private profile, a refused key), and ProviderFault.
        """
        ...

    def find_total(self, account: str) -> Answer[int]:
        """How many plays the account has in all, by a question that reads no history. Raises as `find_page` does."""
        ...


class TakesPlays(Protocol):
    """Takes plays from us into an account of its own."""

    def submit(self, plays: Sequence[Play]) -> None:
        """Hands over plays; those it has already are not doubled. Raises FailedPrecondition and ProviderFault."""
        ...
