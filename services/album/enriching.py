"""In which order are the caches, the store and the providers asked about one thing, and what becomes of their answers?"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from facts.asking import Reply
from facts.known import Check, F, Fact, K, V
from kernel import deadline
from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderFault, ProviderUnavailable
from kernel.evidence import Deferred, Evidence, Fault, Reading, Source
from kernel.parallel import Fanout
from kernel.read_through import ReadThrough, Stored
from services.album.asking import Learned, Policy, Question, Wish, learn

_STILL_BEING_ASKED = timedelta(seconds=20)
_TO_SAY_SO = 0.25  # seconds for a call whose time is up to end as a time-out, rather than as one still being answered


class Dossier(Protocol[K]):
    """All that is known of one thing."""

    @property
    def id(self) -> str: ...
    @property
    def checks(self) -> tuple[Check[K], ...]: ...
    @property
    def is_answered(self) -> bool: ...
    def identity(self) -> Any: ...
    def check(self, provider: str, kind: K, language: str) -> Check[K] | None: ...
    def retrieved_at(self) -> datetime: ...


D = TypeVar("D", bound=Dossier[Any])
D_co = TypeVar("D_co", covariant=True)


class Shelf(Protocol[D_co]):
    """Where dossiers lie."""

    def load(self, thing_id: str) -> D_co | None: ...

    def save(self, thing_id: str, learned: Learned[Any, Any, Any]) -> D_co:
        """Writes down what was learnt, and plans a job for what was not answered. Raises NotFound when the thing is gone."""
        ...


class EnrichmentMeter(Protocol):
    """What is reported of reads."""

    def answered_from_copy(self) -> None: ...
    def asked_past_copies(self, provider: str) -> None: ...


@dataclass(frozen=True)
class Enriching(Generic[D, F, V, K]):
    """Reads come from the nearest copy; providers are asked in parallel, each only for what is due. For albums, and for tracks.

    `sort` is the word for such a thing. Any number of threads may use it.
    """

    sort: str
    questions: Sequence[Question[Any, K]]
    shelf: Shelf[D]
    dossiers: ReadThrough[D]
    facts_of: Callable[[Any, Evidence], Iterable[Fact[F, V]]]
    fanout: Fanout
    policy: Policy[K]
    clock: Clock
    meter: EnrichmentMeter

    def enrich(self, thing_id: str, wish: Wish[K]) -> Reading[D]:
        """All that is known, after asking for what is due, or for what the wish forces.

        Raises NotFound; a ProviderFault when nobody answered and no older copy is held; FailedPrecondition when nobody is on.
        """
        if not self.questions:
            raise FailedPrecondition("No provider is on that can be asked this. Set the key of one, such as LASTFM_API_KEY.")
        reading = self._read(thing_id, wish, skip_copies=wish.force)
        if not wish.force and not reading.stale and self.due(reading.value, wish):
            # A copy in memory knows nothing of a language nobody asked for before, nor of a time that has come since.
            reading = self._read(thing_id, wish, skip_copies=True)
        if reading.source is not Source.PROVIDER and not reading.stale:
            self.meter.answered_from_copy()
        return reading

    def get(self, thing_id: str) -> Reading[D]:
        """What is known; asks nobody. Raises NotFound."""
        dossier = self._known(thing_id)
        return Reading(dossier, dossier.retrieved_at(), Source.STORE)

    def forget(self, thing_ids: Iterable[str]) -> None:
        """The next reads look past the copies."""
        self.dossiers.invalidate([self._key(each) for each in thing_ids])

    def due(self, dossier: D, wish: Wish[K]) -> list[Question[Any, K]]:
        """What was never asked, or is due."""
        now = self.clock.now()

        def is_due(question: Question[Any, K]) -> bool:
            # A pause after a fault is worth keeping only while there is something to show.
            if wish.force or not dossier.is_answered:
                return True
            check = dossier.check(question.provider, question.kind, question.language(wish.language))
            return check is None or check.next_check_at <= now

        return [each for each in self.questions if (wish.kinds is None or each.kind in wish.kinds) and is_due(each)]

    def _read(self, thing_id: str, wish: Wish[K], *, skip_copies: bool) -> Reading[D]:
        return self.dossiers.get(
            self._key(thing_id),
            stored=lambda: self._stored(thing_id, wish),
            ask=lambda: self._ask(thing_id, wish),
            force=skip_copies,
            flight=(wish.language, tuple(wish.kinds or ()), wish.force, wish.is_waited_for),
        )

    def _stored(self, thing_id: str, wish: Wish[K]) -> Stored[D] | None:
        dossier = self.shelf.load(thing_id)
        if dossier is None or not dossier.is_answered:
            return None
        return Stored(dossier, dossier.retrieved_at(), fresh=not self.due(dossier, wish))

    def _ask(self, thing_id: str, wish: Wish[K]) -> Reading[D]:
        dossier = self._known(thing_id)
        replies = self._replies(dossier, wish)
        if not replies:
            return Reading(dossier, dossier.retrieved_at(), Source.STORE)
        learned: Learned[F, V, K] = learn(
            dossier, replies, language=wish.language, freshness=self.policy.freshness, facts_of=self.facts_of
        )
        saved = self.shelf.save(thing_id, learned)
        reading = Reading(saved, saved.retrieved_at(), Source.PROVIDER)
        if any(not isinstance(reply.outcome, Fault | Deferred) for _, reply in replies):
            return reading
        if saved.is_answered:
            return replace(reading, source=Source.STORE, stale=True)
        raise _first_fault(replies)

    def _replies(self, dossier: D, wish: Wish[K]) -> list[tuple[Question[Any, K], Reply[Any]]]:
        """One for each question that was due."""
        asked = {(each.provider, each.kind): each for each in self.due(dossier, wish)}
        calls = {key: partial(self._put, question, dossier, wish) for key, question in asked.items()}
        with deadline.within(self.policy.budget if wish.is_waited_for else self.policy.leisure):
            replies = self.fanout.run(lambda _: calls, patience=_patience if wish.is_waited_for else None)
        deadline.check()  # the caller's own time: if that is up, nothing was learnt about the providers
        return [(question, replies.get(key) or self._late(question.provider)) for key, question in asked.items()]

    def _late(self, provider: str) -> Reply[Any]:
        now = self.clock.now()
        waiting = Deferred(now + _STILL_BEING_ASKED, f"{provider} is still being asked; its answer will be there soon.")
        return Reply(provider, waiting, now)

    def _put(self, question: Question[Any, K], dossier: D, wish: Wish[K]) -> Reply[Any]:
        check = dossier.check(question.provider, question.kind, question.language(wish.language))
        # What is remembered will not do where it was found wanting; after a fault or a wait it will.
        force = wish.force or (check is not None and check.is_answer)
        if force:
            self.meter.asked_past_copies(question.provider)
        return question.ask(dossier.identity(), wish.language, force=force)

    def _known(self, thing_id: str) -> D:
        dossier = self.shelf.load(thing_id)
        if dossier is None:
            raise NotFound(f"No {self.sort} has this id.")
        return dossier

    def _key(self, thing_id: str) -> str:
        return f"{self.sort}:{thing_id}"


def _first_fault(replies: Sequence[tuple[Any, Reply[Any]]]) -> ProviderFault:
    for _, reply in replies:
        if isinstance(reply.outcome, Fault):
            return reply.outcome.error
    reply = replies[0][1]
    wait = reply.outcome.not_before - reply.retrieved_at if isinstance(reply.outcome, Deferred) else None
    return ProviderUnavailable(reply.provider, "wants to be asked later", retry_after=wait)


def _patience() -> float:
    return deadline.at_most(math.inf) + _TO_SAY_SO
