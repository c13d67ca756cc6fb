"""What of a dossier is shown, what is missing from it, and why?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from facts import telling
from facts.known import Check, CheckOutcome, first_shown
from facts.telling import Missing, NoteReason
from facts.values import Tag
from kernel.evidence import Candidate, Evidence, Reading, Standing
from services.album.domain import AlbumField, Genre, Kind
from services.album.dossier import AlbumDossier, AlbumTrust, AlbumValue, TrackDossier
from services.album.genres import resolve_genres

Explanation = telling.Explanation[AlbumField, AlbumValue]

PERSON_STAGE = "person"

_KINDS: Mapping[AlbumField, tuple[Kind, ...]] = {
    AlbumField.TAGS: (Kind.TAGS,),
    AlbumField.IMAGES: (Kind.PROFILE, Kind.LISTING),
    AlbumField.GENRES: (Kind.TAGS, Kind.RELEASE),
    AlbumField.RELEASED: (Kind.LISTING, Kind.RELEASE),
    AlbumField.KIND: (Kind.LISTING, Kind.RELEASE),
    AlbumField.LABELS: (Kind.LISTING, Kind.RELEASE),
    AlbumField.BARCODE: (Kind.LISTING, Kind.RELEASE),
    AlbumField.MBID: (Kind.RELEASE,),
    AlbumField.RELEASE_GROUP_MBID: (Kind.RELEASE,),
    AlbumField.SPOTIFY_ID: (Kind.LISTING,),
    AlbumField.DESCRIPTION: (Kind.DESCRIPTION,),
}
"""Of which kinds of answers a field is part; all others of the profile alone."""
_SEVERAL = "{} knows several that match about equally well; set `mbid` or `release_group_mbid` to settle which is meant."

ResolveGenres = Callable[[AlbumDossier], tuple[Genre, ...]]


@dataclass(frozen=True, slots=True)
class AlbumView:
    """A dossier as one caller sees it."""

    dossier: AlbumDossier
    shown: Mapping[AlbumField, Candidate[AlbumValue]]
    genres: tuple[Genre, ...]
    missing: tuple[Missing, ...]
    stale: bool

    def of_provider(self, provider: str, field: AlbumField) -> Candidate[Any] | None:
        """A person's value, else what this provider says."""
        best = self.shown.get(field)
        if best is not None and (best.standing is Standing.LOCKED or best.evidence.provider == provider):
            return best
        own = [fact for fact in self.dossier.said(field) if fact.evidence.provider == provider]
        return Candidate(own[0].value, own[0].evidence) if own and field is not AlbumField.WIKI else None


@dataclass(frozen=True, slots=True)
class TrackView:
    """The same of a track."""

    dossier: TrackDossier
    missing: tuple[Missing, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """What does not depend on the album: whom to believe first, the language to fall back on, who is off for want of a key."""

    trust: AlbumTrust
    language: str
    off: Mapping[str, str]
    """Provider → the sentence that says what would switch it on."""
    resolve_genres: ResolveGenres

    def view(self, reading: Reading[AlbumDossier], language: str) -> AlbumView:
        """The dossier in `language`, else in the fallback language."""
        dossier, languages = reading.value, (language, self.language)
        chosen = {each: dossier.chosen(each, trust=self.trust, languages=languages) for each in AlbumField}
        shown = {each: candidate for each, candidate in chosen.items() if candidate is not None}
        missing = (*self._off(), *_unanswered(dossier.checks, language), *_gaps(dossier, shown, language))
        return AlbumView(dossier, shown, self.genres(dossier), missing, reading.stale or dossier.is_stale(language))

    def view_track(self, reading: Reading[TrackDossier]) -> TrackView:
        dossier = reading.value
        missing = (*(each for each in self._off() if each.provider == "lastfm"), *_unanswered(dossier.checks, ""))
        return TrackView(dossier, missing, reading.stale or dossier.is_stale(""))

    def genres(self, dossier: AlbumDossier) -> tuple[Genre, ...]:
        """A person's, else as they follow from what is said."""
        locked = dossier.locked(AlbumField.GENRES)
        if locked and isinstance(locked[0].value, tuple):
            reasons = locked[0].evidence.matched_on
            return tuple(Genre(str(name), 100, PERSON_STAGE, reasons) for name in locked[0].value)
        return self.resolve_genres(dossier)

    def explain(self, dossier: AlbumDossier, fields: Sequence[AlbumField]) -> list[Explanation]:
        """One explanation a field, in the order given."""
        return [self._explanation(dossier, each) for each in fields]

    def _explanation(self, dossier: AlbumDossier, field: AlbumField) -> Explanation:
        candidates = dossier.candidates(field, trust=self.trust, languages=(self.language,))
        if field is AlbumField.GENRES:
            candidates = self._with_resolved(dossier, candidates)
        chosen = first_shown(candidates)
        why = telling.why(candidates, chosen)
        due = min((check.next_check_at for check in dossier.checks if check.kind in kinds_of(field)), default=None)
        return Explanation(field, tuple(candidates), chosen, why, due, dossier.override(field))

    def _with_resolved(self, dossier: AlbumDossier, said: list[Candidate[AlbumValue]]) -> list[Candidate[AlbumValue]]:
        """What several providers and files come to together stands before what each of them says."""
        resolved = self.resolve_genres(dossier)
        at = dossier.retrieved_at()
        if not resolved:
            return said
        words = tuple(word for genre in resolved for word in genre.read_from)
        value: AlbumValue = tuple(genre.name for genre in resolved)
        standing = Standing.CANDIDATE if dossier.locked(AlbumField.GENRES) else Standing.CHOSEN
        best = Candidate(value, Evidence(resolved[0].stage, at, confidence=resolved[0].weight / 100, matched_on=words), standing)
        others = [replace(each, standing=Standing.CANDIDATE) if each.standing is Standing.CHOSEN else each for each in said]
        return sorted([best, *others], key=lambda each: each.standing is not Standing.LOCKED)

    def _off(self) -> Iterator[Missing]:
        for provider, message in self.off.items():
            yield Missing(provider, "", NoteReason.OFF, message)


def genres_of(dossier: AlbumDossier) -> tuple[Genre, ...]:
    """What tags, directory and files come to together."""
    tags = [tag for fact in dossier.said(AlbumField.TAGS) if isinstance(fact.value, tuple) for tag in fact.value]
    filed = [name for fact in dossier.said(AlbumField.GENRES) if isinstance(fact.value, tuple) for name in fact.value]
    return resolve_genres(
        album_tags=[tag for tag in tags if isinstance(tag, Tag)],
        musicbrainz=[name for name in filed if isinstance(name, str)],
        files=dict(dossier.file_genres),
        own_names=(dossier.album.title, dossier.album.artist_name),
    )


def kinds_of(field: AlbumField) -> tuple[Kind, ...]:
    """Which kinds of answers may give the field a value."""
    return _KINDS.get(field, (Kind.PROFILE,))


def _unanswered(checks: Sequence[Check[Any]], language: str) -> Iterator[Missing]:
    for check in checks:
        if check.outcome is not CheckOutcome.FOUND and check.language in ("", language):
            yield telling.unanswered(check, telling.sentence_on(check, _SEVERAL.format(check.provider)))


def _gaps(dossier: AlbumDossier, shown: Mapping[AlbumField, Candidate[AlbumValue]], language: str) -> Iterator[Missing]:
    """A page that was found may still lack a field."""
    for check in dossier.checks:
        if (check.kind, check.language, check.outcome) != (Kind.PROFILE, language, CheckOutcome.FOUND):
            continue
        if not any(fact.field is AlbumField.WIKI and fact.language == language for fact in dossier.facts):
            message = f"{check.provider} has no text in the language {language!r}."
            yield Missing(check.provider, AlbumField.WIKI, NoteReason.ABSENT, message, check.next_check_at)
        if AlbumField.IMAGES not in shown:
            message = f"{check.provider} has no picture, or only its placeholder."
            yield Missing(check.provider, AlbumField.IMAGES, NoteReason.ABSENT, message, check.next_check_at)
