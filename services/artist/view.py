"""What of a dossier is shown, what is missing from it, and why?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kernel.evidence import Candidate, Reading, Standing
from services.artist.domain import ArtistField, Kind
from services.artist.dossier import PERSON, Check, CheckOutcome, Dossier, FactValue, Override


class NoteReason(StrEnum):
    """Why something is missing."""

    ABSENT = "absent"
    FAULT = "fault"
    DEFERRED = "deferred"
    OFF = "off"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not in the answer; `kind` is empty when it is about the provider as a whole."""

    provider: str
    kind: str
    reason: NoteReason
    message: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A dossier as one caller sees it."""

    dossier: Dossier
    shown: Mapping[ArtistField, Candidate[FactValue]]
    missing: tuple[Missing, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """One field: what is shown, what else was seen, and why. `candidates` are best first and hold the chosen one too."""

    field: ArtistField
    candidates: tuple[Candidate[FactValue], ...]
    why: str
    next_check_at: datetime | None
    override: Override | None

    @property
    def chosen(self) -> Candidate[FactValue] | None:
        return next(iter(self.candidates), None)


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """What does not depend on the artist: the order of trust, the language to fall back on, and who is off for want of a key."""

    priority: tuple[str, ...]
    language: str
    off: Mapping[str, str]
    """Provider → the sentence that says what would switch it on."""

    def view(self, reading: Reading[Dossier], language: str) -> View:
        """The dossier in `language`, else in the fallback language."""
        dossier, languages = reading.value, (language, self.language)
        chosen = {each: dossier.chosen(each, priority=self.priority, languages=languages) for each in ArtistField}
        shown = {each: candidate for each, candidate in chosen.items() if candidate is not None}
        missing = (*self._off(), *_unanswered(dossier, language), *_gaps(dossier, shown, language))
        return View(dossier, shown, missing, stale=reading.stale or dossier.is_stale(language))

    def explain(self, dossier: Dossier, fields: Sequence[ArtistField]) -> list[Explanation]:
        """One explanation a field, in the order given."""
        return [self._explanation(dossier, each) for each in fields]

    def _explanation(self, dossier: Dossier, field: ArtistField) -> Explanation:
        candidates = dossier.candidates(field, priority=self.priority, languages=(self.language,))
        kind = Kind.TAGS if field is ArtistField.TAGS else Kind.PROFILE
        due = min((check.next_check_at for check in dossier.checks if check.kind is kind), default=None)
        return Explanation(field, tuple(candidates), _why(candidates), due, dossier.override(field))

    def _off(self) -> Iterator[Missing]:
        for provider, message in self.off.items():
            yield Missing(provider, "", NoteReason.OFF, message)


def _unanswered(dossier: Dossier, language: str) -> Iterator[Missing]:
    for check in dossier.checks:
        if check.outcome is not CheckOutcome.FOUND and check.language in ("", language):
            yield Missing(check.provider, check.kind, NoteReason(check.outcome), _sentence(check), check.next_check_at)


def _gaps(dossier: Dossier, shown: Mapping[ArtistField, Candidate[FactValue]], language: str) -> Iterator[Missing]:
    """A profile that was found may still lack a field."""
    for check in dossier.checks:
        if (check.kind, check.language, check.outcome) != (Kind.PROFILE, language, CheckOutcome.FOUND):
            continue
        if not any(fact.field is ArtistField.BIO and fact.language == language for fact in dossier.facts):
            message = f"{check.provider} has no biography in the language {language!r}."
            yield Missing(check.provider, ArtistField.BIO, NoteReason.ABSENT, message, check.next_check_at)
        if ArtistField.IMAGES not in shown:
            message = f"{check.provider} has no picture, or only its placeholder."
            yield Missing(check.provider, ArtistField.IMAGES, NoteReason.ABSENT, message, check.next_check_at)


def _sentence(check: Check) -> str:
    match check.outcome:
        case CheckOutcome.ABSENT:
            return check.message or f"{check.provider} has nothing about this."
        case CheckOutcome.AMBIGUOUS:
            return f"{check.provider} knows several artists that match about equally well."
        case CheckOutcome.DEFERRED:
            return f"{check.provider} wants to be asked later."
        case _:
            held = "; what it said before is still shown" if check.answered_at else ""
            return f"No answer ({check.message}){held}."


def _why(candidates: Sequence[Candidate[FactValue]]) -> str:
    if not candidates:
        return "Nobody gave a value."
    best = candidates[0]
    if best.standing is Standing.LOCKED:
        return f"A person set it: {'; '.join(best.evidence.matched_on)}"
    basis = f", matched on {', '.join(best.evidence.matched_on)}" if best.evidence.matched_on else ""
    others = sum(candidate.evidence.provider != PERSON for candidate in candidates) - 1
    rivals = f"the surest of {others + 1} providers" if others else "the only one that gave a value"
    return f"{best.evidence.provider} is {rivals}{basis} (confidence {best.evidence.confidence:.2f})."
