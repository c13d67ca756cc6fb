"""How do requests about scans become what the domain speaks of, and scans protobuf?"""

from kernel.errors import NotFound
from services.album.scanning.domain import FileProblem, Scan, ScanId, ScanState
from soniquebay.album.v1 import album_pb2 as pb

_MOST_DIGITS = 9
_STATES = {
    ScanState.QUEUED: pb.Scan.STATE_QUEUED,
    ScanState.RUNNING: pb.Scan.STATE_RUNNING,
    ScanState.COMPLETED: pb.Scan.STATE_COMPLETED,
    ScanState.CANCELLED: pb.Scan.STATE_CANCELLED,
    ScanState.FAILED: pb.Scan.STATE_FAILED,
}


def scan_id(text: str) -> ScanId:
    """Raises NotFound for what cannot be an id."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotFound("No scan has this id.")
    return ScanId(int(text))


def scan_cursor(found: Scan) -> tuple[int]:
    """Where a list of scans is, after this one; ScanStore.list goes on `before` it."""
    return (found.id,)


def problem_cursor(found: FileProblem) -> tuple[str]:
    """Where the list of problems is, after this one; `problem_place` is the way back."""
    return (found.path.hex(),)


def problem_place(cursor: tuple[str | int | float | None, ...] | None) -> bytes | None:
    return bytes.fromhex(str(cursor[0])) if cursor else None


def scan_place(cursor: tuple[str | int | float | None, ...] | None) -> int | None:
    return int(cursor[0]) if cursor and cursor[0] is not None else None


def scan(known: Scan) -> pb.Scan:
    counts = known.counts
    return pb.Scan(
        id=str(known.id),
        state=_STATES[known.state],
        error=known.error,
        files_seen=counts.seen,
        files_added=counts.added,
        files_changed=counts.changed,
        files_unchanged=counts.unchanged,
        files_moved=counts.moved,
        files_missing=counts.missing,
        files_failed=counts.failed,
        new_albums=counts.new_albums,
        new_tracks=counts.new_tracks,
        folder=_shown(known.folder),
        create_time=known.created_at,
        start_time=known.started_at,
        end_time=known.ended_at,
    )


def file_problem(known: FileProblem) -> pb.FileProblem:
    return pb.FileProblem(path=_shown(known.path), reason=known.reason, check_time=known.checked_at)


def _shown(path: bytes) -> str:
    """As text; bytes that are no text as escapes."""
    return path.decode("utf-8", "backslashreplace")
