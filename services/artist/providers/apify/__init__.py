"""How many people listened to an artist on Spotify last month? Apify runs the actor that reads it off the artist's page.

Each artist costs money, found or not. So it is taken from an allowance before it is asked about, given back when the call
provably cost nothing, and a run that nobody waits for any more is aborted.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import Context
from datetime import timedelta
from math import ceil, inf
from typing import Protocol

import httpx

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import (
    OwnFault,
    ProviderFault,
    ProviderRejected,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.evidence import Absent, Answer, Found
from kernel.http import HttpClient
from kernel.limiter import LimitReached
from services.artist.domain import Audience, Identity
from services.artist.ids import is_spotify_id
from services.artist.providers.apify.answers import NAME, Run, page_of
from services.artist.providers.apify.calls import ActorCalls

__all__ = ["MOST_A_RUN", "NAME", "ApifyProvider", "SpendsCarefully"]

MOST_A_RUN = 50

_MOST_RUNS = 5  # at once: the memory of a small Apify plan holds no more
_SLOT_WAIT = 5.0  # seconds; runs take about a minute, so whoever has waited longer had better come back
_SLOT_PAUSE = timedelta(seconds=30)
_LONGEST_POLL = 60  # seconds Apify keeps a question open

_NO_ID = Absent("Without a Spotify id the monthly listeners cannot be asked for.")
_NO_ARTIST = Absent("Apify found no such artist on Spotify.")
_NO_NUMBER = Absent("Spotify shows no monthly listeners of this artist.")

_log = logging.getLogger(__name__)


class SpendsCarefully(Protocol):
    """Keeps an allowance of artists that may be asked about."""

    def spend_up_to(self, provider: str, wanted: int) -> int:
        """How many of so many artists may be asked about; they count as spent. Raises ProviderThrottled when none may."""
        ...

    def refund(self, provider: str, unused: int) -> None:
        """So many that were spent have cost nothing."""
        ...


class ApifyProvider:
    """Satisfies FindsAudience. At most five runs at a time; one that finds no room in time raises LimitReached."""

    def __init__(  # noqa: PLR0913 - what one provider needs, all by name
        self,
        http: HttpClient,
        *,
        token: str,
        url: str,
        timeout: timedelta,
        batch_timeout: timedelta,
        clock: Clock,
        spending: SpendsCarefully,
        pace: Callable[[], None],
    ) -> None:
        """`timeout` bounds `find_audience`, `batch_timeout` the other; `pace` waits for the provider's limiter."""
        self._actor = ActorCalls(http, token=token, url=url, timeout=max(timeout, batch_timeout), clock=clock)
        self._timeout = timeout
        self._batch_timeout = batch_timeout
        self._spending = spending
        self._pace = pace
        self._slots = threading.BoundedSemaphore(_MOST_RUNS)

    def find_audience(self, who: Identity) -> Answer[Audience]:
        """One call, which lasts as long as the run. Raises ProviderFault; LimitReached when the allowance is used up."""
        spotify_id = who.spotify_id
        if spotify_id is None or not is_spotify_id(spotify_id):
            return _NO_ID
        with deadline.within(self._timeout), self._slot():
            self._spending.spend_up_to(NAME, 1)
            with self._refunding(1):
                audiences = self._actor.run_and_wait(spotify_id, seconds=max(1, ceil(_seconds_left())))
        return _answer_about(spotify_id, audiences)

    def find_audience_of_many(self, spotify_ids: Sequence[str]) -> Mapping[str, Answer[Audience]]:
        """A run per fifty, one after the other. Raises the first run's ProviderFault, and LimitReached as above.

        Left out are those that were not asked about: beyond the allowance, and from a later run's fault on, since what the
        earlier ones found is paid for.
        """
        usable = [each for each in dict.fromkeys(spotify_ids) if is_spotify_id(each)]
        answers: dict[str, Answer[Audience]] = {each: _NO_ID for each in spotify_ids if not is_spotify_id(each)}
        with deadline.within(self._batch_timeout):
            for first in range(0, len(usable), MOST_A_RUN):
                try:
                    answers |= self._ask_about(usable[first : first + MOST_A_RUN], is_first=first == 0)
                except (ProviderFault, OwnFault) as error:
                    if first == 0:
                        raise
                    _log.warning("a later run of a batch was lost: %s", type(error).__name__)
                    break
        return answers

    def _ask_about(self, spotify_ids: Sequence[str], *, is_first: bool) -> Mapping[str, Answer[Audience]]:
        if not is_first:
            self._pace()
        with self._slot():
            granted = spotify_ids[: self._spending.spend_up_to(NAME, len(spotify_ids))]
            with self._refunding(len(granted)):
                run = self._actor.start(granted, seconds=max(1, ceil(_seconds_left())), wait=_longest_poll())
            dataset_id = self._wait_for(run)
            self._pace()
            audiences = self._actor.list_audiences(dataset_id)
        return {each: _answer_about(each, audiences) for each in granted}

    def _wait_for(self, run: Run) -> str:
        """Where the run has put what it found. Raises ProviderFault, the run aborted if it is still under way."""
        run_id = run.id
        try:
            while not run.is_over:
                if not (wait := _longest_poll()):
                    raise ProviderTimeout(NAME, "the run did not end in time")
                self._pace()
                run = self._actor.follow(run_id, wait=wait)
        except (ProviderFault, OwnFault):
            self._abort(run_id)
            raise
        if not run.has_succeeded:
            raise ProviderUnavailable(NAME, "the run failed")
        return run.dataset_id

    def _abort(self, run_id: str) -> None:
        with suppress(ProviderFault):  # the run's own time limit ends it then
            Context().run(self._actor.abort, run_id)  # an empty context: the caller's time may be up, or the caller gone

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=deadline.at_most(_SLOT_WAIT)):
            raise LimitReached(NAME, "is running as many actors as it may", retry_after=_SLOT_PAUSE)
        try:
            yield
        finally:
            self._slots.release()

    @contextmanager
    def _refunding(self, artists: int) -> Iterator[None]:
        """Around the call that starts a run."""
        try:
            yield
        except ProviderFault as fault:
            if _cost_nothing(fault):
                with suppress(OwnFault):  # a lost refund errs on the side of spending less
                    self._spending.refund(NAME, artists)
            raise


def _cost_nothing(fault: ProviderFault) -> bool:
    """Whether no run was started for certain: Apify refused to, or nobody was reached who could have."""
    was_refused = isinstance(fault, ProviderRejected | ProviderThrottled)
    # Elsewhere the cause of a fault is nobody's business; here it tells whether the question was sent, which is money.
    return was_refused or isinstance(fault.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _seconds_left() -> float:
    return deadline.at_most(inf)


def _longest_poll() -> int:
    """Whole seconds, so that the answer comes before our own time is up; zero when less than one is left."""
    return int(min(_LONGEST_POLL, _seconds_left()))


def _answer_about(spotify_id: str, audiences: Mapping[str, Audience]) -> Answer[Audience]:
    audience = audiences.get(spotify_id)
    if audience is None:
        return _NO_ARTIST
    if audience.monthly_listeners is None:
        return _NO_NUMBER
    return Found(audience, 1.0, ("Spotify id",), page_of(spotify_id))
