"""What of a dossier is shown, what is missing from it, and why?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from facts import telling
from facts.known import CheckOutcome, first_shown
from facts.telling import Missing, NoteReason
from kernel.clock import Clock
from kernel.evidence import Candidate, Reading, Standing
from services.artist.asking.questions import Question
from services.artist.domain import ArtistField, IdScheme, Kind, Release
from services.artist.dossier import ID_FIELDS, Dossier, FactValue, Override, Trust
from services.artist.identity.judging import Verdicts
from services.artist.labels.resolving import LabelMethod, LabelVerdict, resolve_labels

_KINDS: Mapping[ArtistField, tuple[Kind, ...]] = {
    ArtistField.TAGS: (Kind.TAGS,),
    ArtistField.GENRES: (Kind.PROFILE, Kind.LINKS),
    ArtistField.FOLLOWERS: (Kind.PROFILE, Kind.MONTHLY_LISTENERS),
    ArtistField.MONTHLY_LISTENERS: (Kind.MONTHLY_LISTENERS,),
    ArtistField.LISTENBRAINZ_LISTENERS: (Kind.LISTENS,),
    ArtistField.LISTENBRAINZ_LISTENS: (Kind.LISTENS,),
    ArtistField.RELEASES: (Kind.LABELS,),
    ArtistField.LABEL: (Kind.LABELS,),
    ArtistField.MANAGEMENT: (Kind.MANAGEMENT,),
    ArtistField.MBID: (Kind.IDENTITY, Kind.LINKS),
    ArtistField.SPOTIFY_ID: (Kind.IDENTITY, Kind.LINKS, Kind.MANAGEMENT),
    ArtistField.WIKIDATA_ID: (Kind.LINKS, Kind.MANAGEMENT),
}
"""Of which kinds of answers a field is part; all others of the profile alone."""
_QUOTA = "Spotify did not say; since 2026 it tells {} only to apps with extended quota."
_NOT_SAID: Mapping[tuple[str, Kind], Mapping[ArtistField, str]] = {
    ("spotify", Kind.PROFILE): {
        ArtistField.GENRES: _QUOTA.format("genres"),
        ArtistField.FOLLOWERS: _QUOTA.format("followers"),
        ArtistField.POPULARITY: _QUOTA.format("popularity"),
    },
    ("musicbrainz", Kind.LABELS): {ArtistField.LABEL: "No release that MusicBrainz knows names its label."},
    ("wikidata", Kind.MANAGEMENT): {ArtistField.MANAGEMENT: "Wikidata names nobody who looks after the artist."},
}
"""What an answer that was found may lack, and the sentence that says so."""
_SEVERAL = "{} knows several artists that match about equally well; `identity` shows them."
_ID_NAMES = {IdScheme.MBID: "MusicBrainz", IdScheme.SPOTIFY: "Spotify", IdScheme.WIKIDATA: "Wikidata"}


def kinds_of(field: ArtistField) -> tuple[Kind, ...]:
    """Which kinds of answers may give the field a value."""
    return _KINDS.get(field, (Kind.PROFILE,))


@dataclass(frozen=True, slots=True)
class View:
    """A dossier as one caller sees it."""

    dossier: Dossier
    language: str
    shown: Mapping[ArtistField, Candidate[FactValue]]
    verdicts: Verdicts
    labels: LabelVerdict | None
    missing: tuple[Missing, ...]
    stale: bool


Explanation = telling.Explanation[ArtistField, FactValue]


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """What does not depend on the artist: whom to believe first, the language to fall back on, who can be asked what, and who is
    off for want of a key.
    """

    trust: Trust
    language: str
    off: Mapping[str, str]
    """Provider → the sentence that says what would switch it on."""
    questions: Sequence[Question]
    label_method: LabelMethod
    clock: Clock

    def view(self, reading: Reading[Dossier], language: str) -> View:
        """The dossier in `language`, else in the fallback language."""
        # The day is part of it: a release that is announced counts once it is near.
        name = ("view", language, reading.stale, self.clock.now().date())
        return reading.value.once(name, lambda: self._view(reading, language))

    def _view(self, reading: Reading[Dossier], language: str) -> View:
        dossier, languages = reading.value, (language, self.language)
        chosen = {each: dossier.chosen(each, trust=self.trust, languages=languages) for each in ArtistField}
        shown = {each: candidate for each, candidate in chosen.items() if candidate is not None}
        verdicts, labels = dossier.verdicts(), self._labels(dossier)
        missing = (
            *self._off(),
            *_unanswered(dossier, language, is_identified=verdicts[IdScheme.MBID].value is not None),
            *self._unasked(dossier, verdicts),
            *_gaps(dossier, shown, language),
            *_not_said(dossier, {*shown, *((ArtistField.LABEL,) if labels else ())}),
            *_frozen(dossier, shown),
        )
        stale = reading.stale or dossier.is_stale(language)
        return View(dossier, language, shown, verdicts, labels, missing, stale)

    def explain(self, dossier: Dossier, fields: Sequence[ArtistField]) -> list[Explanation]:
        """One explanation a field, in the order given."""
        return [self._explanation(dossier, each) for each in fields]

    def _explanation(self, dossier: Dossier, field: ArtistField) -> Explanation:
        candidates = dossier.candidates(field, trust=self.trust, languages=(self.language,))
        chosen = first_shown(candidates)
        why, override = telling.why(candidates, chosen), dossier.override(field)
        if field is ArtistField.LABEL and (verdict := self._labels(dossier)):
            told = _label_candidates(verdict, dossier)
            if chosen is None:
                chosen, why = told[0], _why_label(verdict)
            else:
                told = [replace(each, standing=Standing.CANDIDATE) for each in told]
                override = _with_drift_of_label(override, told[0])
            candidates = [*candidates, *told]
        due = min((check.next_check_at for check in dossier.checks if check.kind in kinds_of(field)), default=None)
        return Explanation(field, tuple(candidates), chosen, why, due, override)

    def _labels(self, dossier: Dossier) -> LabelVerdict | None:
        releases: dict[str, list[Release]] = {}
        for fact in dossier.said(ArtistField.RELEASES):
            own = releases.setdefault(fact.evidence.provider, [])
            own += [each for each in fact.value if isinstance(each, Release)] if isinstance(fact.value, tuple) else []
        return resolve_labels(releases, self.label_method, today=self.clock.now().date())

    def _unasked(self, dossier: Dossier, verdicts: Verdicts) -> Iterator[Missing]:
        """Kinds nobody could be asked for, because nobody knows the id it takes."""
        checked = {(check.provider, check.kind) for check in dossier.checks}
        told = set()
        for question in self.questions:
            key = (question.provider, question.kind)
            wanted = [IdScheme(need) for need in question.needs if need in set(IdScheme)]
            unknown = [scheme for scheme in wanted if verdicts[scheme].value is None]
            if key in checked or key in told or not unknown or question.kind is Kind.IDENTITY:
                continue
            told.add(key)
            message = f"{question.provider} was not asked: the artist's {_ID_NAMES[unknown[0]]} id is not known for certain."
            yield Missing(*key, NoteReason.ABSENT, message)

    def _off(self) -> Iterator[Missing]:
        for provider, message in self.off.items():
            yield Missing(provider, "", NoteReason.OFF, message)


def _unanswered(dossier: Dossier, language: str, *, is_identified: bool) -> Iterator[Missing]:
    for check in dossier.checks:
        if is_identified and check.kind is Kind.IDENTITY:
            continue  # another way led to the artist
        if check.outcome is not CheckOutcome.FOUND and check.language in ("", language):
            yield telling.unanswered(check, telling.sentence_on(check, _SEVERAL.format(check.provider)))


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


def _not_said(dossier: Dossier, shown: Collection[ArtistField]) -> Iterator[Missing]:
    """An answer that was found may still lack what it is asked for, and nobody else may have it either."""
    found = {(check.provider, check.kind): check for check in dossier.checks if check.outcome is CheckOutcome.FOUND}
    for (provider, kind), fields in _NOT_SAID.items():
        check = found.get((provider, kind))
        for field, message in fields.items():
            if check is not None and field not in shown:
                yield Missing(provider, field, NoteReason.ABSENT, message, check.next_check_at)


def _frozen(dossier: Dossier, shown: Mapping[ArtistField, Candidate[FactValue]]) -> Iterator[Missing]:
    """What a provider no longer says, though it answers: the last value stays, with its date."""
    for field, candidate in shown.items():
        if field in ID_FIELDS:
            continue  # claims of several questions speak for it, each asked in its own time
        kinds = kinds_of(field)
        for check in dossier.checks:
            is_its_own = check.provider == candidate.evidence.provider and check.kind in kinds and field is not ArtistField.BIO
            if is_its_own and check.outcome is CheckOutcome.FOUND and check.checked_at > candidate.evidence.retrieved_at:
                said = candidate.evidence.retrieved_at.date().isoformat()
                message = f"{check.provider} no longer says; what is shown is of {said}."
                yield Missing(check.provider, field, NoteReason.ABSENT, message, check.next_check_at)
                break


def _label_candidates(verdict: LabelVerdict, dossier: Dossier) -> list[Candidate[FactValue]]:
    facts = dossier.said(ArtistField.RELEASES)
    latest = max(facts, key=lambda fact: fact.evidence.retrieved_at).evidence
    proofs = tuple(f"{proof.provider}: {proof.title} ({proof.released or 'undated'})" for proof in verdict.proofs)
    chosen = replace(latest, confidence=verdict.confidence, matched_on=proofs)
    others = [c for c in verdict.candidates if c.name != verdict.principal]
    loser = replace(latest, confidence=round(1 - verdict.confidence, 2))
    return [
        Candidate(verdict.principal, chosen, Standing.CHOSEN),
        *(Candidate(c.name, replace(loser, matched_on=(f"{c.records} records",))) for c in others),
    ]


def _with_drift_of_label(override: Override | None, told: Candidate[FactValue]) -> Override | None:
    """The releases are read anew each time, so that nobody noted when they began to say something else."""
    if override is None or override.value == told.value:
        return override
    return replace(override, differs_since=max(override.created_at, told.evidence.retrieved_at))


def _why_label(verdict: LabelVerdict) -> str:
    way = "the latest release" if verdict.method is LabelMethod.LATEST_RELEASE else "most of the last releases"
    return f"{way.capitalize()} came out on it; {len(verdict.proofs)} releases prove it (confidence {verdict.confidence:.2f})."
