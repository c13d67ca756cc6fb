"""What can be written of an album from the facts that are known? A model of Infomaniak's ("EurIA") is told them, and no more.

Each text costs money, so it is taken from an allowance before it is asked for. What comes back is data like any other: words that
are shown, once they are neither markup nor addresses nor numbers that nobody told the model.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Protocol

import httpx

from kernel.clock import Clock
from kernel.errors import OwnFault, ProviderFault, ProviderMalformed
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpAnswer, HttpClient
from services.album.domain import Brief, Description
from services.album.providers.euria.calls import NAME, UNCHARGED, ChatCalls
from services.album.providers.euria.grounding import has_invented_number
from services.album.providers.euria.prompt import PROMPT_VERSION, Assignment
from services.album.providers.euria.wording import plain_words

__all__ = ["NAME", "PROMPT_VERSION", "EuriaDescriptions", "SpendsCarefully"]

_UNUSABLE = Absent("EurIA wrote nothing that can be shown.")
_INVENTED = Absent("EurIA's text held a number that is in none of the facts it was given.")
_TOO_LITTLE = Absent("Too little is known of this album to write about it.")
_CONFIDENCE = 0.9  # it is about this album for certain; how well it says so is for a person to judge


class SpendsCarefully(Protocol):
    """Keeps an allowance of texts that may be asked for."""

    def spend_up_to(self, provider: str, wanted: int) -> int:
        """How many of so many texts may be asked for; they count as spent. Raises LimitReached when none may."""
        ...

    def refund(self, provider: str, unused: int) -> None:
        """So many that were spent have cost nothing."""
        ...


class EuriaDescriptions:
    """Satisfies WritesDescription."""

    def __init__(
        self,
        http: HttpClient,
        *,
        token: str,
        url: str,
        model: str,
        timeout: timedelta,
        clock: Clock,
        spending: SpendsCarefully,
    ) -> None:
        """`url` is the product's OpenAI-compatible address, `…/openai/v1`; `timeout` bounds one call."""
        self._calls = ChatCalls(http, token=token, url=url, model=model, timeout=timeout, clock=clock)
        self._model = model
        self._spending = spending

    def write(self, brief: Brief) -> Answer[Description]:
        """At most one call, and none where fewer than three facts are known beside title and artist.

        Absent for a text that is not worth showing as well: asked again at once, the same facts would be paid for again.
        Raises ProviderFault; LimitReached when the allowance is used up.
        """
        assignment = Assignment.of(brief)
        if not assignment.is_enough:
            return _TOO_LITTLE
        content, is_whole = self._calls.read(self._ask(assignment))
        try:
            words = plain_words(content, is_whole=is_whole)
        except ProviderMalformed:
            return _UNUSABLE
        if has_invented_number(words, assignment.facts):
            return _INVENTED
        text = Description(brief.language, words, self._model, PROMPT_VERSION, assignment.facts)
        return Found(text, _CONFIDENCE, (f"{len(assignment.facts)} facts it was written from",))

    def _ask(self, assignment: Assignment) -> HttpAnswer:
        self._spending.spend_up_to(NAME, 1)
        with self._refunding_what_was_never_sent():
            answer = self._calls.send(assignment.system, assignment.message)
        if answer.status in UNCHARGED:
            self._refund()
        return answer

    @contextmanager
    def _refunding_what_was_never_sent(self) -> Iterator[None]:
        try:
            yield
        except ProviderFault as fault:
            # Elsewhere the cause of a fault is nobody's business; here it tells whether the question was sent, which is money.
            if isinstance(fault.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
                self._refund()
            raise

    def _refund(self) -> None:
        with suppress(OwnFault):  # a lost refund errs on the side of spending less
            self._spending.refund(NAME, 1)
