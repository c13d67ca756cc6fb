"""How do requests become what the domain speaks of? Bad input is refused here, by the name of its field."""

from collections.abc import Sequence
from typing import Final

from facts.naming import is_uuid
from kernel.errors import InvalidArgument, NotFound, Violation
from kernel.jobs import Lane
from services.cover.domain import SIZES, CoverRef, Kind
from soniquebay.cover.v1 import cover_pb2 as pb

MOST_WATCHED: Final = 200
MOST_REQUESTED: Final = 1000
_USUAL_SIZE: Final = 600
_LANES: Final = {
    pb.LANE_UNSPECIFIED: Lane.LOW,
    pb.LANE_LOW: Lane.LOW,
    pb.LANE_NORMAL: Lane.NORMAL,
    pb.LANE_HIGH: Lane.HIGH,
}


def ref(kind: str, entity_id: str) -> CoverRef:
    """Raises InvalidArgument for an unknown kind, NotFound for what cannot be an id."""
    if kind not in set(Kind):
        raise InvalidArgument.of("kind", f"must be one of {', '.join(Kind)}")
    if not is_uuid(entity_id.lower()):
        raise NotFound("No album or artist has this id.")
    return CoverRef(Kind(kind), entity_id.lower())


def size(asked: int) -> int:
    """Raises InvalidArgument."""
    if asked not in (0, *SIZES):
        raise InvalidArgument.of("size", f"must be one of {', '.join(map(str, sorted(SIZES)))}")
    return asked or _USUAL_SIZE


def refs(names: Sequence[str], *, most: int) -> list[CoverRef]:
    """Each once, in order. Raises InvalidArgument naming every wrong one."""
    if not 0 < len(names) <= most:
        raise InvalidArgument.of("covers", f"must name between 1 and {most} covers")
    parts = [name.partition("/") for name in names]
    wrong = [at for at, (kind, _, entity_id) in enumerate(parts) if kind not in set(Kind) or not is_uuid(entity_id.lower())]
    if wrong:
        raise InvalidArgument(*(Violation(f"covers[{at}]", "must be albums/{id} or artists/{id}") for at in wrong))
    return list(dict.fromkeys(CoverRef(Kind(kind), entity_id.lower()) for kind, _, entity_id in parts))


def lane(asked: "pb.Lane") -> Lane:
    """Raises InvalidArgument."""
    if asked not in _LANES:
        raise InvalidArgument.of("lane", "is not a lane")
    return _LANES[asked]


def image(content: bytes) -> bytes:
    """Raises InvalidArgument."""
    if not content:
        raise InvalidArgument.of("image", "is empty")
    return content
