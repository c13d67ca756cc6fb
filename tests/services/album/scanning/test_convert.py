from datetime import UTC, datetime

import pytest

from kernel.errors import NotFound
from services.album.convert import scans
from services.album.scanning.domain import Counts, FileProblem, Scan, ScanId, ScanState
from soniquebay.album.v1 import album_pb2 as pb

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_scan_is_told_whole():
    counts = Counts(seen=9, added=1, changed=2, unchanged=3, moved=1, missing=4, failed=2, new_albums=5, new_tracks=6)
    known = Scan(ScanId(7), ScanState.RUNNING, "", counts, b"A/\xe9", "job", 3, THEN, THEN, None)

    told = scans.scan(known)

    assert (told.id, told.state, told.folder) == ("7", pb.Scan.STATE_RUNNING, "A/\\xe9")
    assert (told.files_seen, told.files_missing, told.files_failed, told.new_albums, told.new_tracks) == (9, 4, 2, 5, 6)
    assert told.start_time.ToDatetime(UTC) == THEN
    assert not told.HasField("end_time")


@pytest.mark.parametrize("state", ScanState)
def test_every_state_has_a_name(state: ScanState):
    known = Scan(ScanId(7), state, "", Counts(), b"", "job", 3, THEN, None, None)

    assert pb.Scan.State.Name(scans.scan(known).state) == f"STATE_{state}"


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "٣", "9" * 30, "1\0"])
def test_what_cannot_be_an_id_is_not_found(text: str):
    with pytest.raises(NotFound):
        scans.scan_id(text)


def test_a_list_of_problems_goes_on_after_any_bytes():
    problem = FileProblem(b"A/\xe9\n.mp3", "It is empty.", THEN)

    assert scans.problem_place(scans.problem_cursor(problem)) == problem.path
    assert scans.problem_place(None) is None
    assert scans.scan_place((7,)) == 7
    assert scans.scan_place(None) is None
    assert scans.file_problem(problem).path == "A/\\xe9\n.mp3"
