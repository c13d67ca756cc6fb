"""Which questions can be put now, given the answers so far? Independent ones at once, others when what they need is known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from facts.asking import Reply
from kernel.evidence import Deferred, Fault, Found
from services.artist.asking.questions import Question, Subject
from services.artist.asking.sources import MERGED, POPULARITY
from services.artist.domain import (
    ArtistField,
    Audience,
    Identity,
    IdentityMatch,
    IdScheme,
    Kind,
    Management,
    Profile,
    Release,
    match_key,
)
from services.artist.dossier import Dossier
from services.artist.identity.claims import claims_of, lacks_accents
from services.artist.identity.judging import Basis, Claim, Verdicts, identified, judge

Replies = Mapping[str, Reply[Any]]
"""By the question's name."""

_MOST_NAMESAKES = 10
_DIRECTORY = "musicbrainz"
_FAME = f"{Kind.IDENTITY}/{POPULARITY}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put, about whom as far as was known then, and what came of it; None while it is being answered."""

    question: Question
    subject: Subject
    reply: Reply[Any] | None


class Inquiry:
    """One round of questions about one artist. Used by the one thread that leads the round."""

    def __init__(  # noqa: PLR0913 - all that a round is about, by name
        self,
        questions: Sequence[Question],
        *,
        who: Identity,
        claims: Iterable[Claim],
        dossier: Dossier | None,
        language: str,
        wanted: Callable[[Question], bool],
        is_waited_for: bool,
        force: Callable[[Question], bool],
        given: Replies,
    ) -> None:
        """`claims` are those the caller makes; `wanted` tells which questions are due; `given` are answers already at hand."""
        self._questions = questions
        self._who = who
        self._own_claims = tuple(claims)
        self._dossier = dossier
        self._language = language
        self._wanted = wanted
        self._is_waited_for = is_waited_for
        self._force = force
        self._given = given
        self._put: dict[str, tuple[Question, Subject]] = {}
        self._learnt: dict[str, Reply[Any]] = {}

    def next_calls(self, replies: Replies) -> dict[str, Callable[[], Reply[Any]]]:
        """Calls that can be made now and were not named before, by question."""
        self._learnt.update(replies)
        subject = self.subject()
        expected = [question for question in self._questions if self._is_expected(question, subject)]
        names = {question.name for question in expected}
        calls = {}
        for question in expected:
            if question.name in self._put or names.intersection(question.after):
                continue
            self._put[question.name] = (question, subject)
            if question.name in self._given:
                self._learnt[question.name] = self._given[question.name]
            calls[question.name] = self._call(question, subject)
        return calls

    def asked(self) -> list[Asked]:
        """All that was put, in the order of putting."""
        return [Asked(question, subject, self._learnt.get(name)) for name, (question, subject) in self._put.items()]

    def claims(self) -> tuple[Claim, ...]:
        """Everything claimed by the caller, before, and in this round; a new answer takes the place of the one before."""
        answered = [
            (question, subject, self._learnt[name])
            for name, (question, subject) in self._put.items()
            if name in self._learnt and _is_answer(self._learnt[name])
        ]
        renewed = {source_of(question) for question, _, _ in answered}
        before = self._dossier.claims if self._dossier else ()
        held = [claim for claim in before if (claim.evidence.provider, claim.source) not in renewed]
        fresh = [
            replace(claim, source=source_of(question)[1])
            for question, subject, reply in answered
            for claim in claims_of(question, subject, reply)
        ]
        return _fair((*self._own_claims, *held, *fresh), self._who.name)

    def verdicts(self) -> Verdicts:
        return judge(self.claims(), self._dossier.locked_ids if self._dossier else {})

    def subject(self) -> Subject:
        """Who is meant, by all that is known at this moment."""
        claims = self.claims()
        verdicts = judge(claims, self._dossier.locked_ids if self._dossier else {})
        who = identified(self._who, verdicts)
        who = replace(who, name=who.name or self._name(), titles=self._titles(verdicts))
        rivals = [rival.value for rival in verdicts[IdScheme.MBID].rivals][:_MOST_NAMESAKES]
        return Subject(who, self._language, tuple(rivals) if who.mbid is None else (), self._stranger(claims, who, verdicts))

    def _call(self, question: Question, subject: Subject) -> Callable[[], Reply[Any]]:
        given = self._given.get(question.name)
        if given is not None:
            return lambda: given
        call = partial(question.ask, subject, force=self._force(question))
        # Who waits may leave before a slow provider answers: its call gets a context, and so a time, of its own.
        return partial(Context().run, call) if question.slow and self._is_waited_for else call

    def _is_expected(self, question: Question, subject: Subject) -> bool:
        """Whether it is under way, or can be put as things are."""
        if question.name in self._learnt:
            return False
        if question.name in self._put:
            return True
        if self._is_waited_for and question.leisurely(subject):
            return False
        return question.is_askable(subject) and (question.name in self._given or self._wanted(question))

    def _name(self) -> str:
        """How the providers call whom only an id was given of; the directories before the pages."""
        names = [name for reply in self._learnt.values() if (name := name_in(reply))]
        return names[0] if names else ""

    def _titles(self, verdicts: Verdicts) -> tuple[str, ...]:
        """Albums that are known to be by the artist."""
        # A stranger's albums are asked for to see whether it is one: they are not the artist's.
        own = [reply for name, reply in self._learnt.items() if not name.endswith(f"/{MERGED}")]
        found = [title for reply in own for title in _titles_in(reply)]
        if not found and self._dossier is not None:
            # Of an id that was believed once they would bring that id back: they are found by the albums they brought.
            facts = [f for f in self._dossier.facts if f.field is ArtistField.RELEASES and _is_believed(f.rests_on, verdicts)]
            found = [release.title for fact in facts for release in fact.value if isinstance(release, Release)]  # type: ignore[union-attr]
        return tuple(dict.fromkeys(found))[:50]

    def _stranger(self, claims: Iterable[Claim], who: Identity, verdicts: Verdicts) -> str:
        """An id somebody states that the directory it belongs to has not spoken of: perhaps an older one of the same artist."""
        claims = [claim for claim in claims if claim.scheme is IdScheme.MBID]
        spoken_of = {value for claim in claims if claim.evidence.provider == _DIRECTORY for value in (claim.value, claim.now)}
        verdict = verdicts[IdScheme.MBID]
        for claim in claims:
            is_open = claim.value not in spoken_of and claim.value != who.mbid and not verdict.is_locked
            if is_open and claim.basis is Basis.STATED and claim.rests_on is None:
                return claim.value
        return ""


def _fair(claims: Sequence[Claim], name: str) -> tuple[Claim, ...]:
    """All but the fame of those who lack accents that were asked for, if somebody has them.

    Who asks for "Génesis" knows of the accent: a famous "Genesis" does not outshine that one.
    """
    names = [(claim.value, claim.name) for claim in claims if claim.scheme is IdScheme.MBID and claim.name]
    if not any(match_key(each) == match_key(name) for _, each in names):
        return tuple(claims)
    plain = {value for value, each in names if lacks_accents(each, name)}
    return tuple(claim for claim in claims if not (claim.source == _FAME and claim.value in plain))


def source_of(question: Question) -> tuple[str, str]:
    """Whose claims a new answer to the question takes the place of: a provider's, of this kind and step."""
    return question.provider, "/".join(filter(None, (question.kind, question.step)))


def name_in(reply: Reply[Any]) -> str:
    """The artist's name in an answer, if it is one that names the artist."""
    found = reply.outcome.value if isinstance(reply.outcome, Found) else None
    if isinstance(found, Management):
        return found.match.name
    return found.name if isinstance(found, Profile | IdentityMatch | Audience) else ""


def _is_believed(rests_on: tuple[str, str] | None, verdicts: Verdicts) -> bool:
    if rests_on is None:
        return True
    scheme, value = IdScheme(rests_on[0]), rests_on[1]
    return verdicts[scheme].value is not None and not verdicts[scheme].contradicts(value)


def _titles_in(reply: Reply[Any]) -> tuple[str, ...]:
    found = reply.outcome.value if isinstance(reply.outcome, Found) else None
    if isinstance(found, IdentityMatch):
        return found.titles
    if isinstance(found, tuple):
        return tuple(each.title for each in found if isinstance(each, Release))
    return ()


def _is_answer(reply: Reply[Any]) -> bool:
    return not isinstance(reply.outcome, Deferred | Fault)
