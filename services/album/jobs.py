"""What does the album service do when nobody waits?"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from facts.known import Check
from kernel.clock import Clock
from kernel.errors import FailedPrecondition, OwnFault, ProviderFault, Refused
from kernel.jobs import Again, JobContext, Jobs
from services.album.asking import Wish
from services.album.batches import ALL, COVERS, ENRICH_TRACKS, LASTFM
from services.album.descriptions import Describing
from services.album.domain import AlbumField, ArtistId, Kind, TrackField, TrackKind
from services.album.dossier import AlbumDossier, AlbumValue, TrackDossier, TrackValue
from services.album.enriching import Enriching
from services.album.storing.dossiers import ENRICH_ALBUM, ENRICH_TRACK

EnrichingAlbums = Enriching[AlbumDossier, AlbumField, AlbumValue, Kind]
EnrichingTracks = Enriching[TrackDossier, TrackField, TrackValue, TrackKind]

_OF_COVERS = (Kind.PROFILE, Kind.LISTING)
"""Who has pictures of an album."""
_ARTISTS_AT_ONCE = 50
_NEXT_LOOK = timedelta(seconds=10)


class EnrichesArtists(Protocol):
    """Whoever owns the artists."""

    def enrich(self, artist_ids: Sequence[ArtistId], batch_id: str, *, force: bool) -> dict[ArtistId, str]:
        """At most 50 of them, each once. Of those that are done, why they failed, or nothing; the others are under way: asked
        again with the same `batch_id`, they are not begun anew. Raises OwnFault, Refused.
        """
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """What this service's jobs need. `language` is the one that texts are asked for in."""

    albums: EnrichingAlbums
    tracks: EnrichingTracks
    describing: Describing
    artists: EnrichesArtists
    language: str
    clock: Clock


def register(jobs: Jobs, work: Work) -> None:
    """Makes this service's kinds of work known to the worker."""
    doing = _Doing(work)
    jobs.register(ENRICH_ALBUM, doing.enrich_album)
    jobs.register(ENRICH_TRACK, doing.enrich_track)
    jobs.register(ENRICH_TRACKS, doing.enrich_tracks)


@dataclass(frozen=True, slots=True)
class _Doing:
    work: Work

    def enrich_album(self, context: JobContext) -> Again | None:
        """Asks for all that is due, has the album described from it, and asks again, when due, for what was not answered."""
        album_id = context.job.payload["album_id"]
        for language in self._languages(self.work.albums.get(album_id).value.checks):
            with suppress(ProviderFault, FailedPrecondition):  # no answer is no failed attempt: the checks say when to ask again
                self.work.albums.enrich(album_id, Wish(language, is_waited_for=False))
        self.work.describing.describe(album_id)
        return self._again(self.work.albums.get(album_id).value.checks)

    def enrich_track(self, context: JobContext) -> Again | None:
        """The same of one track."""
        track_id = context.job.payload["track_id"]
        with suppress(ProviderFault, FailedPrecondition):
            self.work.tracks.enrich(track_id, Wish(self.work.language, is_waited_for=False))
        return self._again(self.work.tracks.get(track_id).value.checks)

    def enrich_tracks(self, context: JobContext) -> Again | None:
        """A batch; what an earlier attempt has done is not done again."""
        payload = context.job.payload
        progress = context.job.progress or self._begin(context, payload["track_ids"], payload["types"])
        done, failures = [tuple(each) for each in progress["done"]], list(progress["failures"])
        known = set(done)

        def note(kind: str, reasons: Mapping[str, str]) -> None:
            fresh = [(kind, each) for each in reasons if (kind, each) not in known]
            known.update(fresh)
            done.extend(fresh)
            failures.extend((kind, each, reasons[each]) for _, each in fresh if reasons[each])
            with context.commit(progress | {"done": done, "failures": failures}):
                """What was learnt is committed already: done twice, it is done once."""

        todo = [tuple(each) for each in progress["todo"]]
        for kind, each in todo:
            if kind != "artist" and (kind, each) not in known:
                note(kind, {each: self._enrich(kind, each, payload)})
        artists = [ArtistId(each) for kind, each in todo if kind == "artist"]
        for start in range(0, len(artists), _ARTISTS_AT_ONCE):
            some = artists[start : start + _ARTISTS_AT_ONCE]
            if known.issuperset(("artist", each) for each in some):
                continue
            reasons = self._enrich_artists(some, f"{context.job.id}-{start}", force=payload["force"])
            note("artist", reasons)
            if len(reasons) < len(some):
                return Again(self.work.clock.now() + _NEXT_LOOK)
        return None

    def _begin(self, context: JobContext, track_ids: Sequence[str], types: Sequence[str]) -> dict[str, Any]:
        """What is to be done: the tracks, and of those that are known each album and artist once."""
        wanted = set(types) or {ALL}
        dossiers = [found for each in track_ids if (found := self.work.tracks.shelf.load(each))]
        known = {dossier.id for dossier in dossiers}
        failures = [("track", each, "No track has this id.") for each in track_ids if each not in known]
        albums = dict.fromkeys(d.track.album_id for d in dossiers if d.track.album_id) if wanted & {ALL, COVERS} else {}
        artists = dict.fromkeys(dossier.track.artist_id for dossier in dossiers) if ALL in wanted else {}
        todo = [("track", each) for each in track_ids if each in known and wanted & {ALL, LASTFM}]
        todo += [*(("album", each) for each in albums), *(("artist", each) for each in artists)]
        done = [("track", each) for _, each, _ in failures]
        progress = {"total": len(todo) + len(done), "todo": todo, "done": done, "failures": failures}
        with context.commit(progress):
            """Counted once: the library may grow meanwhile."""
        return progress

    def _enrich(self, kind: str, thing_id: str, payload: Any) -> str:
        """Why it failed, or nothing."""
        force = payload["force"]
        try:
            if kind == "track":
                self.work.tracks.enrich(thing_id, Wish(self.work.language, force=force, is_waited_for=False))
            else:
                kinds = None if ALL in (payload["types"] or [ALL]) else _OF_COVERS
                self.work.albums.enrich(thing_id, Wish(self.work.language, kinds, force=force, is_waited_for=False))
        except (Refused, ProviderFault) as error:
            return str(error)
        return ""

    def _enrich_artists(self, some: Sequence[ArtistId], batch_id: str, *, force: bool) -> dict[str, str]:
        """Of those that are done, why they failed, or nothing; while nobody answers none is."""
        try:
            reasons = self.work.artists.enrich(some, batch_id, force=force)
        except OwnFault:
            return {}
        except Refused as error:
            return dict.fromkeys(some, str(error))
        return {str(artist_id): reason for artist_id, reason in reasons.items()}

    def _languages(self, checks: Sequence[Check[Kind]]) -> list[str]:
        """Those of pages that were not answered; else the one that was asked for, so that no other costs a call."""
        pages = [check for check in checks if check.language and check.kind is not Kind.DESCRIPTION]
        missing = {check.language for check in pages if not check.is_answer}
        return sorted(missing or {check.language for check in pages}) or [self.work.language]

    def _again(self, checks: Sequence[Check[Any]]) -> Again | None:
        # What is due even now has nobody left to ask (a provider that was switched off): it must not keep the worker spinning.
        now = self.work.clock.now()
        waiting = [check for check in checks if not check.is_answer and check.next_check_at > now]
        if not waiting:
            return None
        return Again(min(check.next_check_at for check in waiting))
