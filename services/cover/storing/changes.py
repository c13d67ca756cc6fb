"""How is a cover changed? Parts of a transaction that is the caller's."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from kernel.database import dialect_insert, upsert
from services.cover.domain import Attempt, CoverRef, Image, ImageId, Kind, Outcome, Shown, SourceName, State, Tried
from services.cover.storing.rows import OF_IMAGE, image_of, image_values, is_any_of, is_of, key_of, shown_of, shown_values
from services.cover.storing.tables import attempts, covers, images, quarantine, versions

KEPT_VERSIONS: Final = 5
OUTSIDE: Final = tuple(str(each) for each in SourceName if each not in (SourceName.UPLOAD, SourceName.EMBEDDED, SourceName.LOCAL))


def add(connection: sa.Connection, refs: Collection[CoverRef], now: datetime) -> None:
    """Makes those that are not there yet, PENDING."""
    if not refs:
        return
    empty: dict[str, Any] = {"name": "", "artist_name": "", "state": str(State.PENDING), "is_locked": False, "is_stale": False}
    empty |= {"revision": 1, "created_at": now, "updated_at": now}
    new = dialect_insert(connection, covers).on_conflict_do_nothing(index_elements=["kind", "entity_id"])
    connection.execute(new, [key_of(ref) | empty for ref in sorted(refs)])


def change(connection: sa.Connection, ref: CoverRef, now: datetime, *only: sa.ColumnElement[bool], **values: Any) -> None:
    """Who watches it sees a new revision. `only`: what must hold of it, or nothing changes."""
    changed = sa.update(covers).where(is_of(covers, ref), *only)
    connection.execute(changed.values(**values, revision=covers.c.revision + 1, updated_at=now))


def show(connection: sa.Connection, ref: CoverRef, shown: Shown | None, now: datetime, **values: Any) -> None:
    """Shows this image; another one that was shown before becomes a version, and the oldest of many of those are forgotten."""
    row = connection.execute(sa.select(covers).where(is_of(covers, ref)).with_for_update()).one_or_none()
    was = shown_of(row) if row else None
    if was is not None and (shown is None or was.image_id != shown.image_id):
        older = key_of(ref) | shown_values(was) | {"replaced_at": now}
        upsert(connection, versions, [older], key=["kind", "entity_id", "image_id"])
    if shown is not None:
        connection.execute(sa.delete(versions).where(is_of(versions, ref), versions.c.image_id == shown.image_id))
    kept = sa.select(versions.c.image_id).where(is_of(versions, ref))
    kept = kept.order_by(versions.c.replaced_at.desc(), versions.c.image_id).limit(KEPT_VERSIONS)
    connection.execute(sa.delete(versions).where(is_of(versions, ref), versions.c.image_id.not_in(kept)))
    change(connection, ref, now, **shown_values(shown), **values)


def keep_image(connection: sa.Connection, image: Image, now: datetime) -> None:
    upsert(connection, images, [image_values(image) | {"accessed_at": now, "created_at": now}], key=["id"])


def hold_image(connection: sa.Connection, image_id: ImageId) -> bool:
    """Whether the image is kept; if so, then until the end of the transaction."""
    found = sa.select(images.c.id).where(images.c.id == image_id).with_for_update(read=True, key_share=True)
    return connection.execute(found).first() is not None


def note_attempts(
    connection: sa.Connection, ref: CoverRef, tried: Sequence[Tried], now: datetime, next_check_at: datetime
) -> None:
    """What was tried just now. A source that was not reached this time was last asked when it was."""
    rows = [
        key_of(ref)
        | {
            "source": str(each.source),
            "outcome": str(each.outcome),
            "reason": each.reason,
            "held": each.held,
            "taken": each.taken,
            "attempted_at": now,
            "asked_again_at": max(next_check_at, now + (each.retry_after or timedelta(0))),
        }
        for each in tried
    ]
    upsert(connection, attempts, rows, key=["kind", "entity_id", "source"])


def list_attempts(connection: sa.Connection, ref: CoverRef) -> dict[SourceName, Attempt]:
    found = connection.execute(sa.select(attempts).where(is_of(attempts, ref)))
    return {
        SourceName(row.source): Attempt(
            SourceName(row.source), Outcome(row.outcome), row.reason, row.attempted_at, row.asked_again_at
        )
        for row in found
    }


def list_versions(connection: sa.Connection, refs: Collection[CoverRef]) -> dict[CoverRef, list[tuple[Shown, Image]]]:
    """Of each cover that has some, latest first; those whose image is still kept."""
    query = sa.select(versions, *OF_IMAGE).join(images, images.c.id == versions.c.image_id).where(is_any_of(versions, refs))
    found: dict[CoverRef, list[tuple[Shown, Image]]] = {}
    for row in connection.execute(query.order_by(versions.c.replaced_at.desc(), versions.c.image_id)):
        if shown := shown_of(row):
            found.setdefault(CoverRef(Kind(row.kind), row.entity_id), []).append((shown, image_of(row)))
    return found


def find_claimants(connection: sa.Connection, digest: str, *, is_for_good: bool = False) -> list[CoverRef]:
    """Covers that show a picture of these bytes because a source outside has it for them, and no person chose it.

    `is_for_good`: they stay so until the end of the transaction.
    """
    is_claimed = covers.c.digest == digest, covers.c.source.in_(OUTSIDE), covers.c.is_locked.is_(False)
    claims = sa.select(covers.c.kind, covers.c.entity_id).where(*is_claimed).order_by(covers.c.kind, covers.c.entity_id)
    found = connection.execute(claims.with_for_update() if is_for_good else claims)
    return [CoverRef(Kind(row.kind), row.entity_id) for row in found]


def count_unrelated(connection: sa.Connection, digest: str) -> int:
    """Of how many artists that have nothing to do with one another the picture claims to be.

    Albums count by title as well as by artist: one record that is filed under many of its artists is one record.
    """
    of_outside = covers.c.digest == digest, covers.c.source.in_(OUTSIDE)
    columns = sa.func.count(sa.distinct(covers.c.name)), sa.func.count(sa.distinct(covers.c.artist_name))
    artists = connection.execute(sa.select(columns[0]).where(*of_outside, covers.c.kind == Kind.ARTIST)).scalar_one()
    titles, names = connection.execute(sa.select(*columns).where(*of_outside, covers.c.kind == Kind.ALBUM)).one()
    return max(artists, min(titles, names))


def put_into_quarantine(connection: sa.Connection, shown: Shown, claimed_by: int, now: datetime) -> None:
    row = {"digest": shown.digest, "source": str(shown.source), "origin": shown.origin}
    upsert(connection, quarantine, [row | {"claimed_by": claimed_by, "found_at": now}], key=["digest"])


def is_in_quarantine(connection: sa.Connection, digest: str) -> bool:
    return connection.execute(sa.select(quarantine.c.digest).where(quarantine.c.digest == digest)).first() is not None


def forget_images(connection: sa.Connection, gone: Collection[ImageId]) -> list[CoverRef]:
    """Whose covers they were, in order: those have to be looked for again."""
    connection.execute(sa.delete(images).where(images.c.id.in_(gone)))
    # Asked afterwards: who is choosing one of them has done so by now.
    lost = sa.select(covers.c.kind, covers.c.entity_id).where(covers.c.image_id.in_(gone))
    return sorted(CoverRef(Kind(row.kind), row.entity_id) for row in connection.execute(lost))
