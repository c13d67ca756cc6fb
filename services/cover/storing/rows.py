"""How do rows become what the domain speaks of, and back?"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.cover.domain import Cover, CoverRef, Grade, Image, ImageId, Kind, Shown, SourceName, State
from services.cover.storing.tables import covers, images

SHOWN = ("image_id", "source", "grade", "origin", "licence", "attribution", "digest", "found_at")
"""The columns that an image of a cover and each of its older versions have in common."""
OF_IMAGE = [column.label(f"image_{column.name}") for column in images.c if column.name != "id"]
"""The columns of an image beside those of the cover that shows it."""
_NOTHING: dict[str, Any] = dict.fromkeys(SHOWN)


def is_of(table: sa.Table, ref: CoverRef) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.kind == ref.kind, table.c.entity_id == ref.id)


def is_any_of(table: sa.Table, refs: Collection[CoverRef]) -> sa.ColumnElement[bool]:
    return sa.tuple_(table.c.kind, table.c.entity_id).in_([(str(ref.kind), ref.id) for ref in refs])


def key_of(ref: CoverRef) -> dict[str, str]:
    return {"kind": str(ref.kind), "entity_id": ref.id}


def whole_covers() -> sa.Select[Any]:
    """All columns of covers, and those of the images they show."""
    return sa.select(covers, *OF_IMAGE).outerjoin(images, images.c.id == covers.c.image_id)


def cover_of(row: sa.Row[Any], versions: Sequence[tuple[Shown, Image]] = ()) -> Cover:
    """Of a row of `whole_covers`. An image that has no row any more is not shown."""
    shown = shown_of(row) if row.image_width is not None else None
    return Cover(
        ref=CoverRef(Kind(row.kind), row.entity_id),
        name=row.name,
        artist_name=row.artist_name,
        state=State(row.state),
        shown=shown,
        is_locked=row.is_locked,
        is_stale=row.is_stale,
        asked_at=row.asked_at,
        checked_at=row.checked_at,
        next_check_at=row.next_check_at,
        revision=row.revision,
        image=image_of(row) if shown else None,
        versions=versions,
    )


def shown_of(row: sa.Row[Any]) -> Shown | None:
    if row.image_id is None:
        return None
    values = {name: getattr(row, name) for name in SHOWN}
    return Shown(**values | {"source": SourceName(row.source), "grade": Grade(row.grade)})


def shown_values(shown: Shown | None) -> dict[str, Any]:
    if shown is None:
        return _NOTHING
    values = {name: getattr(shown, name) for name in SHOWN}
    return values | {"source": str(shown.source), "grade": int(shown.grade)}


def image_of(row: sa.Row[Any]) -> Image:
    """Of a row that has the columns OF_IMAGE and `image_id`."""
    return Image(
        ImageId(row.image_id),
        width=row.image_width,
        height=row.image_height,
        media_type=row.image_media_type,
        colour=row.image_colour,
        thumb_hash=row.image_thumb_hash,
        sizes=tuple(row.image_sizes),
        bytes=row.image_bytes,
    )


def image_values(image: Image) -> dict[str, Any]:
    values = {name: getattr(image, name) for name in Image.__dataclass_fields__}
    return values | {"sizes": list(image.sizes)}
