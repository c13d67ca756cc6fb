"""Where does what we know of covers stay, and how is it found again?"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import FailedPrecondition, OwnFault
from kernel.jobs import JobStore, Lane
from services.cover.choosing import Settled
from services.cover.domain import Attempt, Cover, CoverRef, Grade, Image, ImageId, Kind, Shown, SourceName, State, Subject, Tried
from services.cover.storing import changes, rows
from services.cover.storing.counting import Counted, Queued, count_all, count_queue
from services.cover.storing.rows import is_any_of, is_of
from services.cover.storing.tables import covers, images, versions

FIND: Final = "find_cover"
"""The kind of job that looks for one cover."""
_ASKED_AGAIN: Final = timedelta(minutes=1)
"""How long somebody who waits for a cover need not be noted again."""
_AT_ONCE: Final = 500
_ATTEMPTS: Final = 100
"""Of looking for one cover: a disk that is full, or a service of ours that is away, for a day."""


class CoverStore:
    """All of it is safe to call from any thread; each method is one transaction unless it takes one.

    Rows are taken in one order, or two writers could wait for each other: jobs, images, covers, what belongs to covers.
    """

    def __init__(self, database: Database, jobs: JobStore, *, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    def load(self, ref: CoverRef) -> Cover | None:
        """With its versions."""
        with self._database.read() as connection:
            row = connection.execute(rows.whole_covers().where(is_of(covers, ref))).one_or_none()
            return None if row is None else rows.cover_of(row, changes.list_versions(connection, [ref]).get(ref, ()))

    def load_many(self, refs: Collection[CoverRef]) -> dict[CoverRef, Cover]:
        """Those that there are, without their versions: these change seldom, and this is asked often."""
        with self._database.read() as connection:
            found = map(rows.cover_of, connection.execute(rows.whole_covers().where(is_any_of(covers, refs))))
            return {cover.ref: cover for cover in found}

    def with_versions(self, known: Sequence[Cover]) -> list[Cover]:
        """The same covers, with their versions."""
        with self._database.read() as connection:
            found = changes.list_versions(connection, [cover.ref for cover in known])
        return [replace(cover, versions=found.get(cover.ref, ())) for cover in known]

    def list_attempts(self, ref: CoverRef) -> dict[SourceName, Attempt]:
        with self._database.read() as connection:
            return changes.list_attempts(connection, ref)

    def await_one(self, ref: CoverRef, known: Cover | None) -> None:
        """Somebody waits for this cover: it is looked for before all that nobody waits for. `known`: what it was a moment ago."""
        now = self._clock.now()
        if known and known.asked_at and now - known.asked_at < _ASKED_AGAIN:
            return
        with self._database.write() as connection:
            self._enqueue(connection, [ref], Lane.HIGH)
            changes.add(connection, [ref], now)
            connection.execute(sa.update(covers).where(is_of(covers, ref)).values(asked_at=now))

    def request(self, refs: Collection[CoverRef], lane: Lane, *, is_changed: bool = False) -> int:
        """Has those looked for of which nothing is known; if they have changed, all that are not locked. How many."""
        is_left = covers.c.is_locked if is_changed else sa.or_(covers.c.is_locked, covers.c.checked_at.is_not(None))
        with self._database.write() as connection:
            left = connection.execute(sa.select(covers.c.kind, covers.c.entity_id).where(is_any_of(covers, refs), is_left))
            wanted = set(refs).difference(CoverRef(Kind(row.kind), row.entity_id) for row in left)
            self._enqueue(connection, wanted, lane)
            changes.add(connection, wanted, self._clock.now())
        return len(wanted)

    def request_due(self) -> int:
        """Has those looked for again whose time has come, some at each call; how many."""
        now = self._clock.now()
        is_due = covers.c.next_check_at <= now, covers.c.is_locked.is_(False), covers.c.state != State.GONE
        due = sa.select(covers.c.kind, covers.c.entity_id).where(*is_due).order_by(covers.c.next_check_at).limit(_AT_ONCE)
        with self._database.write() as connection:
            found = [CoverRef(Kind(row.kind), row.entity_id) for row in connection.execute(due)]
            self._enqueue(connection, found, Lane.LOW)
        return len(found)

    def refresh(self, ref: CoverRef) -> None:
        """Has it looked for at once."""
        with self._database.write() as connection:
            self._enqueue(connection, [ref], Lane.HIGH)
            connection.execute(sa.update(covers).where(is_of(covers, ref)).values(asked_at=self._clock.now()))

    def name(self, subject: Subject) -> None:
        """Its name is known now, so that its placeholder can show it."""
        now, artist_name = self._clock.now(), subject.artist_name
        changed = sa.update(covers).where(is_of(covers, subject.ref))
        is_new = sa.or_(covers.c.name != subject.name, covers.c.artist_name != artist_name)
        values = {"name": subject.name, "artist_name": artist_name, "updated_at": now, "revision": covers.c.revision + 1}
        with self._database.write() as connection:
            connection.execute(changed.where(is_new).values(**values))

    def bury(self, ref: CoverRef) -> None:
        """There is no such album or artist; if there was, its image goes with it."""
        now = self._clock.now()
        with self._database.write() as connection:
            changes.show(connection, ref, None, now, state=str(State.GONE), checked_at=now, next_check_at=None)

    def settle(
        self, transaction: AbstractContextManager[sa.Connection], ref: CoverRef, settled: Settled, tried: Sequence[Tried]
    ) -> None:
        """Writes what came of asking, in the transaction of the job; unless a person has chosen an image meanwhile.

        Raises OwnFault when the image was taken away meanwhile.
        """
        now = self._clock.now()
        with transaction as connection:
            if settled.shown is not None and not changes.hold_image(connection, settled.shown.image_id):
                raise OwnFault("The image was taken away meanwhile.")
            row = connection.execute(sa.select(covers).where(is_of(covers, ref)).with_for_update()).one_or_none()
            if row is None:
                return
            changes.note_attempts(connection, ref, tried, now, settled.next_check_at)
            if row.is_locked:
                return
            changes.show(
                connection,
                ref,
                settled.shown,
                now,
                state=str(settled.state),
                is_stale=settled.is_stale,
                checked_at=now,
                next_check_at=settled.next_check_at,
            )

    def choose(self, ref: CoverRef, shown: Shown) -> None:
        """A person's choice, locked. Raises FailedPrecondition when that image is not kept any more."""
        now = self._clock.now()
        with self._database.write() as connection:
            if not changes.hold_image(connection, shown.image_id):
                raise FailedPrecondition("That image is not kept any more.")
            changes.add(connection, [ref], now)
            changes.show(connection, ref, shown, now, state=str(State.FOUND), is_locked=True, is_stale=False, next_check_at=None)

    def lock(self, ref: CoverRef) -> None:
        """Whatever image it shows by now stays; where there is none, or it is locked already, nothing changes."""
        now = self._clock.now()
        has_own = covers.c.image_id.is_not(None), covers.c.is_locked.is_(False)
        with self._database.write() as connection:
            changes.change(connection, ref, now, *has_own, is_locked=True, is_stale=False, next_check_at=None)

    def unlock(self, ref: CoverRef) -> None:
        """Its sources count again, and are asked."""
        now = self._clock.now()
        with self._database.write() as connection:
            self._enqueue(connection, [ref], Lane.NORMAL)
            changes.change(connection, ref, now, is_locked=False, next_check_at=now)

    def keep_image(self, image: Image) -> None:
        with self._database.write() as connection:
            changes.keep_image(connection, image, self._clock.now())

    def is_poisoned(self, digest: str) -> bool:
        """Whether the picture of these bytes was found to be everybody's."""
        with self._database.read() as connection:
            return changes.is_in_quarantine(connection, digest)

    def quarantine_if_common(self, shown: Shown, threshold: int) -> list[CoverRef]:
        """Where the picture claims to be of so many that have nothing to do with one another, or has done so before: none of them
        shows it any more, unless a person chose it, and all are looked for again. Those are answered.
        """
        if shown.grade is Grade.OWN:
            return []
        now, digest = self._clock.now(), shown.digest
        with self._database.write() as connection:
            claimed_by, is_known = changes.count_unrelated(connection, digest), changes.is_in_quarantine(connection, digest)
            if claimed_by < threshold and not is_known:
                return []
            self._enqueue(connection, changes.find_claimants(connection, digest), Lane.LOW)
            refs = changes.find_claimants(connection, digest, is_for_good=True)
            if not is_known:
                changes.put_into_quarantine(connection, shown, claimed_by, now)
            for ref in refs:
                changes.show(connection, ref, None, now, state=str(State.PENDING), is_stale=False, next_check_at=now)
            connection.execute(sa.delete(versions).where(versions.c.digest == digest))
        return refs

    def note_accesses(self, accesses: Mapping[ImageId, datetime]) -> None:
        if accesses:
            seen = sa.update(images).where(images.c.id == sa.bindparam("image"))
            with self._database.write() as connection:
                connection.execute(
                    seen.values(accessed_at=sa.bindparam("at")),
                    [{"image": each, "at": at} for each, at in sorted(accesses.items())],
                )

    def list_least_used(self, limit: int) -> list[ImageId]:
        """Those that no cover shows first, then by when they were last looked at; never one that a person has chosen."""
        is_ones_own = sa.or_(covers.c.is_locked, covers.c.source == SourceName.UPLOAD)
        shown = sa.select(covers.c.image_id).where(covers.c.image_id.is_not(None))
        is_shown = sa.case((images.c.id.in_(shown), 1), else_=0)
        wanted = sa.select(images.c.id).where(images.c.id.not_in(shown.where(is_ones_own)))
        wanted = wanted.order_by(is_shown, images.c.accessed_at, images.c.id)
        with self._database.read() as connection:
            return [ImageId(each) for each in connection.execute(wanted.limit(limit)).scalars()]

    def list_unused(self, before: datetime, limit: int) -> list[ImageId]:
        """Images that nothing has shown since then."""
        used = sa.union(
            sa.select(covers.c.image_id).where(covers.c.image_id.is_not(None)), sa.select(versions.c.image_id)
        ).subquery()
        unused = sa.select(images.c.id).where(images.c.id.not_in(sa.select(used.c.image_id)), images.c.created_at < before)
        with self._database.read() as connection:
            return [ImageId(each) for each in connection.execute(unused.order_by(images.c.id).limit(limit)).scalars()]

    def are_known(self, image_ids: Collection[ImageId]) -> set[ImageId]:
        """Which of them have a row."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(images.c.id).where(images.c.id.in_(image_ids))).scalars()
            return {ImageId(each) for each in found}

    def forget_images(self, gone: Collection[ImageId]) -> None:
        """Their bytes are not kept any more: covers that showed them are looked for when somebody wants them, chosen or not."""
        now = self._clock.now()
        lost = {"state": str(State.PENDING), "is_locked": False, "is_stale": False, "next_check_at": None, "asked_at": None}
        with self._database.write() as connection:
            for ref in changes.forget_images(connection, gone):
                changes.show(connection, ref, None, now, **lost)
            connection.execute(sa.delete(versions).where(versions.c.image_id.in_(gone)))

    def forget_gone(self, before: datetime) -> None:
        """Covers of what was found not to exist, before then."""
        with self._database.write() as connection:
            connection.execute(sa.delete(covers).where(covers.c.state == State.GONE, covers.c.checked_at < before))

    def count(self) -> Counted:
        """Reads whole tables."""
        with self._database.read() as connection:
            return count_all(connection)

    def count_queue(self) -> Queued:
        with self._database.read() as connection:
            return count_queue(connection, FIND, self._clock.now())

    def _enqueue(self, connection: sa.Connection, refs: Collection[CoverRef], lane: Lane) -> None:
        for ref in sorted(refs):
            key, dedupe_key = rows.key_of(ref), f"{FIND}:{ref}"
            self._jobs.enqueue(FIND, key, lane=lane, dedupe_key=dedupe_key, max_attempts=_ATTEMPTS, connection=connection)
