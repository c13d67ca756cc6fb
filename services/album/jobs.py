"""What does the album service do when nobody waits?"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from facts.known import Check
from kernel.clock import Clock
from kernel.errors import ProviderFault, Refused
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


class EnrichesArtists(Protocol):
    """Whoever owns the artists."""

    def enrich(self, artist_ids: Sequence[ArtistId], *, force: bool) -> dict[ArtistId, str]:
        """At most 50 of them; by id why it failed, empty where it did not. Raises OwnFault, DeadlineSpent."""
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
        with suppress(ProviderFault):  # still no answer is no failed attempt: the checks say when it is worth asking again
            self.work.albums.enrich(album_id, Wish(self.work.language, is_waited_for=False))
        self.work.describing.describe(album_id)
        return self._again(self.work.albums.get(album_id).value.checks)

    def enrich_track(self, context: JobContext) -> Again | None:
        """The same of one track."""
        track_id = context.job.payload["track_id"]
        with suppress(ProviderFault):
            self.work.tracks.enrich(track_id, Wish(self.work.language, is_waited_for=False))
        return self._again(self.work.tracks.get(track_id).value.checks)

    def enrich_tracks(self, context: JobContext) -> None:
        """A batch; what an earlier attempt has done is not done again."""
        payload = context.job.payload
        progress = context.job.progress or self._begin(context, payload["track_ids"], payload["types"])
        done, failures = [tuple(each) for each in progress["done"]], list(progress["failures"])
        todo = [tuple(each) for each in progress["todo"] if tuple(each) not in set(done)]
        for some in _in_turns(todo):
            reasons = self._enrich(some, payload)
            done += some
            failures += [(kind, thing_id, reasons[thing_id]) for kind, thing_id in some if reasons.get(thing_id)]
            with context.commit(progress | {"done": done, "failures": failures}):
                """What was learnt is committed already: done twice, it is done once."""

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

    def _enrich(self, some: Sequence[tuple[str, str]], payload: Any) -> dict[str, str]:
        """By id why it failed."""
        kind, force = some[0][0], payload["force"]
        if kind == "artist":
            failed = self.work.artists.enrich([ArtistId(each) for _, each in some], force=force)
            return {str(artist_id): reason for artist_id, reason in failed.items()}
        thing_id = some[0][1]
        try:
            if kind == "track":
                self.work.tracks.enrich(thing_id, Wish(self.work.language, force=force, is_waited_for=False))
            else:
                is_all = set(payload["types"]) <= {ALL} or ALL in payload["types"]
                kinds = None if is_all else _OF_COVERS
                self.work.albums.enrich(thing_id, Wish(self.work.language, kinds, force=force, is_waited_for=False))
        except (Refused, ProviderFault) as error:
            return {thing_id: str(error)}
        return {}

    def _again(self, checks: Sequence[Check[Any]]) -> Again | None:
        # What is due even now has nobody left to ask (a provider that was switched off): it must not keep the worker spinning.
        now = self.work.clock.now()
        waiting = [check for check in checks if not check.is_answer and check.next_check_at > now]
        if not waiting:
            return None
        return Again(min(check.next_check_at for check in waiting), "; ".join(sorted({check.provider for check in waiting})))


def _in_turns(todo: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """One at a time; artists together, since that is cheaper."""
    yield from ([each] for each in todo if each[0] != "artist")
    artists = [each for each in todo if each[0] == "artist"]
    yield from (artists[start : start + _ARTISTS_AT_ONCE] for start in range(0, len(artists), _ARTISTS_AT_ONCE))
