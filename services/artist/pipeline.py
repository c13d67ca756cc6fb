"""In what order are providers asked about an artist, and how are their answers merged?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Protocol

from kernel import deadline
from kernel.clock import Clock
from kernel.errors import FailedPrecondition, NotFound, ProviderFault, ProviderUnavailable
from kernel.evidence import Absent, Deferred, Fault, Found, Reading, Source
from kernel.parallel import Fanout
from kernel.read_through import ReadThrough, Stored
from services.artist.domain import (
    Artist,
    ArtistField,
    ArtistId,
    ArtistName,
    ArtistRef,
    Kind,
    Profile,
    is_special_name,
)
from services.artist.dossier import Dossier, Override
from services.artist.merge import Answer, Freshness, about_the_right_artist, learn
from services.artist.questions import AskedProvider, Subject, dossier_key
from services.artist.recent import RecentArtists
from services.artist.store import ArtistStore

EVERY_KIND = tuple(Kind)


class PipelineMeter(Protocol):
    """What the pipeline reports about its reads."""

    def answered_from_copy(self) -> None:
        """A whole artist was answered without asking anybody."""
        ...

    def asked_past_copies(self, provider: str) -> None:
        """A provider is asked one question whatever is remembered."""
        ...

    def profile_found(self, provider: str, profile: Profile) -> None:
        """A provider answered with this profile."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """How long answers are good for, and `budget`: the longest wait for all providers of one read together."""

    freshness: Freshness
    budget: timedelta


class ArtistPipeline:
    """Reads come from the nearest copy; providers are asked in parallel, each only for what is due."""

    def __init__(
        self,
        *,
        store: ArtistStore,
        providers: Sequence[AskedProvider],
        dossiers: ReadThrough[Dossier],
        fanout: Fanout,
        clock: Clock,
        policy: Policy,
        meter: PipelineMeter,
    ) -> None:
        self._store = store
        self._providers = tuple(providers)
        self._dossiers = dossiers
        self._fanout = fanout
        self._clock = clock
        self._policy = policy
        self._meter = meter
        self._recent = RecentArtists(clock)

    def enrich(
        self, ref: ArtistRef, *, language: str, force: bool = False, kinds: Sequence[Kind] = EVERY_KIND
    ) -> Reading[Dossier]:
        """All that is known of the artist, after asking every provider that is due (`force`: due or not, for these kinds).

        Raises NotFound when every provider answered and none knows it; a ProviderFault when none answered and no older copy is
        held; FailedPrecondition when there is nobody to ask.
        """
        key, subject = self._locate(ref)
        reading = self._read(key, subject, language, kinds, force=force)
        if not force and not reading.stale and self._questions(reading.value, language):
            # A copy in memory knows nothing of a language nobody asked for before, nor of a time that has come since.
            reading = self._read(key, subject, language, kinds, force=False, skip_copies=True)
        self._recent.remember(ref, reading.value.artist.id)
        if reading.source is not Source.PROVIDER and not reading.stale:
            self._meter.answered_from_copy()
        return reading

    def refresh(self, ref: ArtistRef, *, language: str, kinds: Sequence[Kind] = EVERY_KIND) -> Reading[Dossier]:
        """As `enrich` with force, for an artist that was seen before. Raises NotFound for any other."""
        return self.enrich(ArtistRef(id=self._known(ref).id), language=language, force=True, kinds=kinds)

    def get(self, ref: ArtistRef) -> Reading[Dossier]:
        """What is known of the artist; asks nobody. Raises NotFound."""
        dossier = self._store.load(self._known(ref).id)
        if dossier is None:
            raise NotFound("No artist has this id.")
        return Reading(dossier, dossier.retrieved_at(), Source.STORE)

    def get_artist(self, ref: ArtistRef) -> Artist:
        """The artist alone. Raises NotFound."""
        return self._known(ref)

    def set_override(self, ref: ArtistRef, override: Override) -> Reading[Dossier]:
        """Makes a person's value win, and answers what is known now. Raises NotFound."""
        artist = self._known(ref)
        self._store.save_override(artist.id, override)
        return self._changed(artist.id)

    def delete_override(self, ref: ArtistRef, field: ArtistField) -> None:
        """Lets the providers' value show again. Raises NotFound, also when there is no such override."""
        artist = self._known(ref)
        if not self._store.delete_override(artist.id, field):
            raise NotFound(f"The artist has no override of {field}.")
        self._changed(artist.id)

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

    def _changed(self, artist_id: ArtistId) -> Reading[Dossier]:
        self._forget([artist_id])
        return self.get(ArtistRef(id=artist_id))

    def _locate(self, ref: ArtistRef) -> tuple[str, Callable[[], Subject]]:
        """The subject's name in the caches, and what finds the subject itself, should no cache have it."""
        recent = self._recent.recall(ref)
        if recent is not None:
            return dossier_key(recent), partial(self._subject, ArtistRef(id=recent))
        subject = self._subject(ref)
        return subject.key, lambda: subject

    def _subject(self, ref: ArtistRef) -> Subject:
        if ref.named is not None and is_special_name(ref.named.name):
            raise NotFound("This name stands for no artist in particular; nobody is asked about it.")
        artist = self._store.find(ref)
        if artist is not None:
            return Subject(artist.name, artist.mbid or (ref.named.mbid if ref.named else None), artist)
        if ref.named is not None:
            return Subject(ref.named.name, ref.named.mbid, None)
        if ref.spotify_id is not None:
            raise FailedPrecondition("No artist with this Spotify id is known yet, and Spotify is off; ask by name.")
        raise NotFound("No artist has this id.")

    def _read(
        self,
        key: str,
        subject: Callable[[], Subject],
        language: str,
        kinds: Sequence[Kind],
        *,
        force: bool,
        skip_copies: bool = False,
    ) -> Reading[Dossier]:
        return self._dossiers.get(
            key,
            stored=lambda: self._stored(subject(), language),
            ask=lambda: self._ask(subject(), language, kinds, force=force),
            force=force or skip_copies,
            flight=(language, tuple(kinds), force),
        )

    def _stored(self, subject: Subject, language: str) -> Stored[Dossier] | None:
        dossier = self._store.load(subject.artist.id) if subject.artist else None
        if dossier is None or not dossier.is_answered:
            return None
        return Stored(dossier, dossier.retrieved_at(), fresh=not self._questions(dossier, language))

    def _ask(self, subject: Subject, language: str, kinds: Sequence[Kind], *, force: bool) -> Reading[Dossier]:
        dossier = self._store.load(subject.artist.id) if subject.artist else None
        if dossier is None:
            self._refuse_hopeless(subject, force=force)
        if dossier is None or force:
            questions = [(provider, kind) for provider in self._providers for kind in provider.askers if kind in kinds]
        else:
            questions = self._questions(dossier, language)
        # What the store calls due is due: an answer remembered from before would only be found wanting again at the next read.
        answers = self._answers(subject, language, questions, force=force or dossier is not None)
        answers = about_the_right_artist(answers, dossier, subject.mbid)
        if dossier is None and not any(isinstance(answer.reply.outcome, Found) for answer in answers):
            self._refuse_unknown(subject, answers)
        learned = learn(dossier, answers, self._policy.freshness)
        artist_id = self._store.save(subject.artist, subject.named, learned)
        saved = self.get(ArtistRef(id=artist_id))
        if not answers or any(_is_answer(answer) for answer in answers):
            return replace(saved, source=Source.PROVIDER)
        if saved.value.is_answered:
            return replace(saved, stale=True)
        raise _first_fault(answers)

    def _questions(self, dossier: Dossier, language: str) -> list[tuple[AskedProvider, Kind]]:
        if not dossier.is_answered:  # a pause after a fault is worth keeping only while there is something to show
            return [(provider, kind) for provider in self._providers for kind in provider.askers]
        now = self._clock.now()
        return [(each, kind) for each in self._providers for kind in dossier.due(each.name, each.askers, language, now)]

    def _answers(
        self, subject: Subject, language: str, questions: Sequence[tuple[AskedProvider, Kind]], *, force: bool
    ) -> list[Answer]:
        tasks = {
            (provider.name, kind): partial(provider.ask, kind, subject, language, force=force) for provider, kind in questions
        }
        for provider, _ in questions if force else ():
            self._meter.asked_past_copies(provider.name)
        with deadline.within(self._policy.budget):
            replies = self._fanout.run(tasks)
        deadline.check()  # the caller's own time: if that is up, nothing was learnt about the providers
        for reply in replies.values():
            if isinstance(reply.outcome, Found) and isinstance(reply.outcome.value, Profile):
                self._meter.profile_found(reply.provider, reply.outcome.value)
        return [Answer(kind, language if kind is Kind.PROFILE else "", reply) for (_, kind), reply in replies.items()]

    def _refuse_hopeless(self, subject: Subject, *, force: bool) -> None:
        if not self._providers:
            raise FailedPrecondition("No provider is on, so nobody can be asked. Set the key of one, such as LASTFM_API_KEY.")
        if not force and self._store.is_remembered_absent(subject.named):
            raise NotFound(_unknown(subject.name))

    def _refuse_unknown(self, subject: Subject, answers: Sequence[Answer]) -> None:
        if not all(isinstance(answer.reply.outcome, Absent) for answer in answers):
            raise _first_fault(answers)
        self._store.remember_absent(subject.named, self._policy.freshness.absent)
        raise NotFound(_unknown(subject.name))


def _is_answer(answer: Answer) -> bool:
    return not isinstance(answer.reply.outcome, Fault | Deferred)


def _first_fault(answers: Sequence[Answer]) -> ProviderFault:
    for answer in answers:
        if isinstance(answer.reply.outcome, Fault):
            return answer.reply.outcome.error
    for answer in answers:
        if isinstance(answer.reply.outcome, Deferred):
            wait = answer.reply.outcome.not_before - answer.reply.retrieved_at
            return ProviderUnavailable(answer.reply.provider, "wants to be asked later", retry_after=wait)
    return ProviderUnavailable("providers", "none answered")


def _unknown(name: str) -> str:
    return f"No provider knows an artist named {name!r}."
