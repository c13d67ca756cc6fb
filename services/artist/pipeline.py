"""In which order are the caches, the store and the providers asked about an artist, and what becomes of their answers?"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from facts.known import CheckOutcome
from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderFault, ProviderUnavailable
from kernel.evidence import Deferred, Fault, Reading, Source
from kernel.read_through import ReadThrough, Stored
from services.artist.asking.questions import Subject, Target, dossier_key
from services.artist.asking.research import Findings, Research, Wish
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistId,
    ArtistName,
    ArtistRef,
    IdScheme,
    is_special_name,
)
from services.artist.dossier import ID_FIELDS, Dossier, Override
from services.artist.recent import RecentArtists
from services.artist.store import ArtistStore


class PipelineMeter(Protocol):
    """What the pipeline reports about its reads."""

    def answered_from_copy(self) -> None:
        """A whole artist was answered without asking anybody."""
        ...


class ArtistPipeline:
    """Reads come from the nearest copy; providers are asked in parallel, each only for what is due."""

    def __init__(
        self, *, store: ArtistStore, research: Research, dossiers: ReadThrough[Dossier], clock: Clock, meter: PipelineMeter
    ) -> None:
        self._store = store
        self._research = research
        self._dossiers = dossiers
        self._clock = clock
        self._meter = meter
        self._recent = RecentArtists(clock)

    def enrich(self, ref: ArtistRef, wish: Wish) -> Reading[Dossier]:
        """All that is known of the artist, after asking for what is due, or for what the wish forces.

        Raises NotFound when every provider answered and none knows it; a ProviderFault when none answered and no older copy is
        held; FailedPrecondition when there is nobody to ask.
        """
        key, target = self._locate(ref)
        reading = self._read(key, target, wish)
        is_due = self._research.due(reading.value, wish) or _tells_who(ref, reading.value)
        if not wish.force and not reading.stale and is_due:
            # A copy in memory knows nothing of a language nobody asked for before, nor of a time that has come since.
            reading = self._read(key, target, wish, skip_copies=True)
        self._recent.remember(ref, reading.value.artist.id)
        if reading.source is not Source.PROVIDER and not reading.stale:
            self._meter.answered_from_copy()
        return reading

    def refresh(self, ref: ArtistRef, wish: Wish) -> Reading[Dossier]:
        """As `enrich`, for an artist that was seen before. Raises NotFound for any other."""
        return self.enrich(ArtistRef(id=self._known(ref).id), wish)

    def get(self, ref: ArtistRef) -> Reading[Dossier]:
        """What is known of the artist; asks nobody. Raises NotFound."""
        dossier = self._store.load(self._known(ref).id)
        if dossier is None:
            raise NotFound("No artist has this id.")
        return Reading(dossier, dossier.retrieved_at(), Source.STORE)

    def get_many(self, refs: Sequence[ArtistRef]) -> list[Reading[Dossier] | None]:
        """What is known of each, in the order given; None for those never seen. Asks nobody."""
        return [self.get(ref) if self._store.find(ref) is not None else None for ref in refs]

    def is_known_absent(self, ref: ArtistRef) -> bool:
        """Whether it is remembered that nobody knows this Spotify id, so that nobody is asked about it."""
        return ref.spotify_id is not None and self._store.is_remembered_absent(ArtistName("", spotify_id=ref.spotify_id))

    def names(self, refs: Sequence[ArtistRef]) -> list[str]:
        """The name of each, in the order given; empty for those never seen."""
        found = (self._store.find(ref) for ref in refs)
        return [artist.name if artist is not None else "" for artist in found]

    def get_artist(self, ref: ArtistRef) -> Artist:
        """The artist alone. Raises NotFound."""
        return self._known(ref)

    def set_override(self, ref: ArtistRef, override: Override, wish: Wish) -> Reading[Dossier]:
        """Makes a person's value win, and answers what is known now. Who is meant is asked about anew. Raises NotFound."""
        artist = self._known(ref)
        self._store.save_override(artist.id, override)
        return self._changed(artist.id, override.field, wish)

    def delete_override(self, ref: ArtistRef, field: ArtistField, wish: Wish) -> None:
        """Lets the providers' value show again. Raises NotFound, also when there is no such override."""
        artist = self._known(ref)
        if not self._store.delete_override(artist.id, field):
            raise NotFound(f"The artist has no override of {field}.")
        self._changed(artist.id, field, wish)

    def invalidate(self, artist_ids: Sequence[ArtistId]) -> int:
        """Drops the copies of these artists and makes everything about them due; answers how many are known."""
        known = self._store.mark_due(artist_ids)
        self._forget(known)
        return len(known)

    def ensure(self, wanted: Sequence[ArtistName]) -> list[ArtistId]:
        """Ids of these artists in the order given, made where they were missing; all are in the library from now on."""
        ensured = self._store.ensure(wanted)
        self._forget(ensured.joined)
        return ensured.ids

    def _forget(self, artist_ids: Sequence[ArtistId]) -> None:
        self._dossiers.invalidate([dossier_key(artist_id) for artist_id in artist_ids])

    def _known(self, ref: ArtistRef) -> Artist:
        artist = self._store.find(ref)
        if artist is None:
            raise NotFound("No artist has this id.")
        return artist

    def _changed(self, artist_id: ArtistId, field: ArtistField, wish: Wish) -> Reading[Dossier]:
        self._forget([artist_id])
        ref = ArtistRef(id=artist_id)
        if field in ID_FIELDS:
            try:
                return self.enrich(ref, wish)
            except (ProviderFault, NotFound, FailedPrecondition):
                pass  # the override stands all the same; what could not be asked is due, and a job asks for it
        return self.get(ref)

    def _locate(self, ref: ArtistRef) -> tuple[str, Callable[[], Target]]:
        """The artist's name in the caches, and what finds the artist itself, should no cache have it."""
        recent = self._recent.recall(ref)
        if recent is not None:
            return dossier_key(recent), partial(self._target, ArtistRef(id=recent))
        target = self._target(ref)
        return target.key, lambda: target

    def _target(self, ref: ArtistRef) -> Target:
        if ref.named is not None and is_special_name(ref.named.name):
            raise NotFound("This name stands for no artist in particular; nobody is asked about it.")
        artist = self._store.find(ref)
        if artist is not None:
            return Target(ref.named or ArtistName(artist.name, spotify_id=ref.spotify_id), artist, is_named=ref.named is not None)
        if ref.named is not None:
            return Target(ref.named)
        if ref.spotify_id is not None:
            return Target(ArtistName("", spotify_id=ref.spotify_id), is_named=False)
        raise NotFound("No artist has this id.")

    def _read(self, key: str, target: Callable[[], Target], wish: Wish, *, skip_copies: bool = False) -> Reading[Dossier]:
        return self._dossiers.get(
            key,
            stored=lambda: self._stored(target(), wish),
            ask=lambda: self._ask(target(), wish),
            force=wish.force or skip_copies,
            flight=(wish.language, tuple(wish.kinds), wish.force, wish.is_waited_for),
        )

    def _stored(self, target: Target, wish: Wish) -> Stored[Dossier] | None:
        dossier = self._store.load(target.artist.id) if target.artist else None
        if dossier is None or not dossier.is_answered:
            return None
        return Stored(dossier, dossier.retrieved_at(), fresh=not self._research.due(dossier, wish))

    def _ask(self, target: Target, wish: Wish) -> Reading[Dossier]:
        dossier = self._store.load(target.artist.id) if target.artist else None
        if dossier is None:
            self._refuse_hopeless(target, force=wish.force)
        findings = self._research.ask(target, dossier, wish)
        if dossier is None:
            self._refuse_unknown(target, findings)
        artist_id = self._store.save(target, findings.learned, is_more_due=self._is_more_due)
        saved = self.get(ArtistRef(id=artist_id))
        if findings.is_answered:
            return replace(saved, source=Source.PROVIDER)
        if saved.value.is_answered:
            return replace(saved, stale=True)
        raise _first_fault(findings)

    def _is_more_due(self, dossier: Dossier) -> bool:
        """Whether something was left for when nobody waits."""
        language = next((check.language for check in dossier.checks if check.language), "")
        return bool(self._research.due(dossier, Wish(language, is_waited_for=False)))

    def _refuse_hopeless(self, target: Target, *, force: bool) -> None:
        subject = Subject(replace(target.who, mbid=target.asked.mbid, spotify_id=target.asked.spotify_id), "")
        if not any(question.is_askable(subject) for question in self._research.questions):
            raise FailedPrecondition(
                "No provider is on that can be asked this. Set the key of one, such as LASTFM_API_KEY, "
                "or SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET."
            )
        if not force and self._store.is_remembered_absent(target.asked):
            raise NotFound(_unknown(target.asked))

    def _refuse_unknown(self, target: Target, findings: Findings) -> None:
        """Nobody is written down whom no provider knows, or of whom not even a name is known."""
        name = findings.learned.named
        outcomes = {check.outcome for check in findings.learned.checks}  # a namesake's page counts there as no answer
        if not outcomes.isdisjoint((CheckOutcome.FOUND, CheckOutcome.AMBIGUOUS)) and (name is not None or target.asked.name):
            return
        if outcomes - {CheckOutcome.ABSENT}:
            raise _first_fault(findings)
        self._store.remember_absent(target.asked, self._research.absent_for)
        raise NotFound(_unknown(target.asked))


def _tells_who(ref: ArtistRef, dossier: Dossier) -> bool:
    """Whether the caller gives an id that settles what was open when the name alone was asked."""
    is_given = ref.named is not None and ref.named.mbid is not None
    return is_given and dossier.verdicts()[IdScheme.MBID].value is None


def _first_fault(findings: Findings) -> ProviderFault:
    for outcome in findings.outcomes:
        if isinstance(outcome, Fault):
            return outcome.error
    for each in findings.asked:
        if each.reply and isinstance(each.reply.outcome, Deferred):
            wait = each.reply.outcome.not_before - each.reply.retrieved_at
            return ProviderUnavailable(each.reply.provider, "wants to be asked later", retry_after=wait)
    return ProviderUnavailable("providers", "none answered in time")


def _unknown(asked: ArtistName) -> str:
    return f"No provider knows an artist named {asked.name!r}." if asked.name else "No provider knows this Spotify id."
