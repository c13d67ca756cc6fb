"""What is due for an artist, and what do the providers answer when they are asked for it, each as soon as it can be?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from kernel import deadline
from kernel.clock import Clock
from kernel.evidence import Deferred, Fault, Found
from kernel.parallel import Fanout
from services.artist.asking.inquiry import Asked, Inquiry, Replies
from services.artist.asking.questions import Question, Subject, Target
from services.artist.domain import Identity, Kind
from services.artist.dossier import Dossier
from services.artist.identity.claims import GIVEN_BY_CALLER, asked_by
from services.artist.identity.judging import Claim, identified
from services.artist.merge import Freshness, Learned, learn

EVERY_KIND = tuple(Kind)


_TO_SAY_SO = 0.25  # seconds for a call whose time is up to end as a time-out, rather than as one still being answered


class ResearchMeter(Protocol):
    """What is reported about answers."""

    def asked_past_copies(self, provider: str) -> None:
        """A provider is asked one question whatever is remembered."""
        ...

    def found(self, provider: str, kind: Kind, value: Any) -> None:
        """A provider answered with this value."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How long answers are good for; `budget`: the longest wait for all providers of one read together while somebody waits,
    `leisure`: while nobody does.
    """

    freshness: Freshness
    budget: timedelta
    leisure: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller wants to know: only these `kinds`; with `force` even when what is held is fresh.

    `ahead` counts as due what will be so within that time; `given` are answers at hand already, by question.
    """

    language: str
    kinds: Sequence[Kind] = EVERY_KIND
    force: bool = False
    is_waited_for: bool = True
    ahead: timedelta = timedelta(0)
    given: Replies | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a round of questions came to."""

    learned: Learned
    asked: tuple[Asked, ...]

    @property
    def outcomes(self) -> list[Any]:
        return [each.reply.outcome for each in self.asked if each.reply is not None]

    @property
    def is_answered(self) -> bool:
        """Whether anybody answered, or nobody had to be asked."""
        return not self.asked or any(not isinstance(outcome, Fault | Deferred) for outcome in self.outcomes)


class Research:
    """Asks; writes nothing. Any number of threads may use it."""

    def __init__(
        self, questions: Sequence[Question], *, fanout: Fanout, clock: Clock, policy: Policy, meter: ResearchMeter
    ) -> None:
        self.questions = tuple(questions)
        self._fanout = fanout
        self._clock = clock
        self._policy = policy
        self._meter = meter

    @property
    def absent_for(self) -> timedelta:
        return self._policy.freshness.absent

    def due(self, dossier: Dossier, wish: Wish) -> list[Question]:
        """What can be asked about the artist, and was never asked, or is due."""
        return self._askable(identity_of(dossier), wish, self._due_for(dossier, wish))

    def due_of_unknown(self, who: Identity, wish: Wish) -> tuple[Identity, list[Question]]:
        """What can be asked about somebody nobody was asked about yet."""
        return who, self._askable(who, wish, self._due_for(None, wish))

    def ask(self, target: Target, dossier: Dossier | None, wish: Wish) -> Findings:
        """Asks all that is due, each question as soon as what it needs is known; independent ones at the same time.

        Raises DeadlineSpent when the caller's own time is up.
        """
        inquiry = Inquiry(
            self.questions,
            who=target.who,
            claims=self._claims_of(target),
            dossier=dossier,
            language=wish.language,
            wanted=self._due_for(dossier, wish),
            is_waited_for=wish.is_waited_for,
            force=lambda question: self._must_ask(question, dossier, wish),
            given=wish.given or {},
        )
        budget = self._policy.budget if wish.is_waited_for else self._policy.leisure
        with deadline.within(budget):
            self._fanout.run(inquiry.next_calls, patience=_patience if wish.is_waited_for else None)
        deadline.check()  # the caller's own time: if that is up, nothing was learnt about the providers
        asked, claims, verdicts = tuple(inquiry.asked()), inquiry.claims(), inquiry.verdicts()
        for each in asked:
            if each.reply and isinstance(each.reply.outcome, Found):
                self._meter.found(each.reply.provider, each.question.kind, each.reply.outcome.value)
        learned = learn(dossier, asked, claims, verdicts, freshness=self._policy.freshness, now=self._clock.now())
        return Findings(learned, asked)

    def _askable(self, who: Identity, wish: Wish, is_due: Callable[[Question], bool]) -> list[Question]:
        subject = Subject(who, wish.language)
        askable = [question for question in self.questions if question.is_askable(subject) and is_due(question)]
        return [question for question in askable if not (wish.is_waited_for and question.leisurely(subject))]

    def _due_for(self, dossier: Dossier | None, wish: Wish) -> Callable[[Question], bool]:
        # A pause after a fault is worth keeping only while there is something to show.
        if dossier is None or wish.force or not dossier.is_answered:
            return lambda question: question.kind in wish.kinds
        at = self._clock.now() + wish.ahead

        def is_due(question: Question) -> bool:
            if question.kind not in wish.kinds:
                return False
            check = dossier.check(question.provider, question.kind, wish.language)
            return check is None or check.next_check_at <= at

        return is_due

    def _must_ask(self, question: Question, dossier: Dossier | None, wish: Wish) -> bool:
        """Whether what is remembered will not do: it is what was found wanting. After a fault or a wait it will."""
        check = dossier.check(question.provider, question.kind, wish.language) if dossier else None
        must = wish.force or (check is not None and check.is_answer)
        if must:
            self._meter.asked_past_copies(question.provider)
        return must

    def _claims_of(self, target: Target) -> list[Claim]:
        ids = Identity(mbid=target.asked.mbid, spotify_id=target.asked.spotify_id)
        return asked_by(ids, "request", GIVEN_BY_CALLER, self._clock.now(), "asked for by this id")


def identity_of(dossier: Dossier) -> Identity:
    """Who the artist is, with every id that is accepted."""
    return identified(Identity(dossier.artist.name), dossier.verdicts())


def _patience() -> float:
    return deadline.at_most(math.inf) + _TO_SAY_SO
