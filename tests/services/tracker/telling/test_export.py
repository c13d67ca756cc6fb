import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.database import Database
from kernel.errors import InvalidArgument
from services.tracker.domain import Play, Reject
from services.tracker.files import read_rows, recognise
from services.tracker.telling.history import History
from services.tracker.telling.journal import PlayFilter
from tests.fakes.clock import FakeClock
from tests.services.tracker.telling.shelf import Heard, Shelf, id_of

NOON = 1_700_000_000
# What a name may be: any text, but for NUL, half characters and white space around it; a dozen line breaks are not in one.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30).map(str.strip)
NAMES = st.one_of(st.sampled_from(["=LOVE", "+44", "-M-", "@onefive", '"', "a,b", "a\nb", "'=1"]), TEXT.filter(bool))


def exported(history: History, form: str, **window: int | None) -> bytes:
    return b"".join(history.export(form, window.get("since"), window.get("until")))


def read_back(content: bytes) -> list[Play]:
    rows = list(read_rows(io.BytesIO(content), recognise(io.BytesIO(content)).kind))
    assert not [row for row in rows if isinstance(row, Reject)]
    return [row for row in rows if isinstance(row, Play)]


@settings(max_examples=100, deadline=None)
@given(
    heard=st.lists(st.builds(Heard, st.integers(NOON, NOON + 99), NAMES, NAMES, TEXT), min_size=1, max_size=12),
    form=st.sampled_from(["csv", "jsonl"]),
)
def test_our_own_importer_reads_an_export_to_the_letter(shelf: Shelf, heard, form):
    shelf.refill(heard)

    found = read_back(exported(History(shelf.database, zone="UTC", clock=FakeClock()), form))

    oldest_first = [(each.uts, *each.heard.title) for each in reversed(shelf.journal())]
    assert [(play.uts, play.title.artist, play.title.track, play.title.album) for play in found] == oldest_first


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_every_play_leaves_once_in_pieces_of_one_size(shelf, history, form):
    shelf.refill([Heard(NOON + number // 3, track=f"Track {number % 1000}") for number in range(9000)])

    pieces = list(history.export(form, None, None))

    seconds = [play.uts for play in read_back(b"".join(pieces))]
    assert seconds == sorted(each.uts for each in shelf.stored)
    assert len(pieces) > 4
    assert all(1 << 16 <= len(piece) < 70_000 for piece in pieces[:-1])


def test_a_table_has_the_promised_columns(shelf, history):
    shelf.refill([Heard(NOON, "Kode9"), Heard(NOON + 1, "Burial", "Archangel", "Untrue")], known=["burial"])

    header, plain, full = csv.reader(io.StringIO(exported(history, "csv").decode(), newline=""))

    assert header == ["uts", "artist", "track", "album", "artist_id", "album_id", "track_id", "source"]
    assert plain == [str(NOON), "Kode9", "Archangel", "", "", "", "", "lastfm"]
    ids = [id_of("artist", "burial"), id_of("album", "burial", "untrue"), id_of("track", "burial", "archangel")]
    assert full == [str(NOON + 1), "Burial", "Archangel", "Untrue", *ids, "lastfm"]


def test_lines_have_the_promised_fields(shelf, history):
    shelf.refill([Heard(NOON, "Björk")])

    (line,) = exported(history, "jsonl").splitlines()

    names = {"artist": "Björk", "track": "Archangel", "album": ""}
    assert json.loads(line) == {"uts": NOON, **names, "artist_id": None, "album_id": None, "track_id": None, "source": "lastfm"}


def test_only_the_window_leaves(shelf, history):
    shelf.refill([Heard(NOON + number) for number in range(10)])

    assert [play.uts for play in read_back(exported(history, "jsonl", since=NOON + 2, until=NOON + 5))] == [
        NOON + 2,
        NOON + 3,
        NOON + 4,
    ]


def test_an_export_of_nothing_is_a_header_or_nothing(history):
    assert exported(history, "csv").decode() == "uts,artist,track,album,artist_id,album_id,track_id,source\r\n"
    assert exported(history, "jsonl") == b""


def test_a_reader_who_pauses_holds_no_connection(shelf, url):
    """The only connection there is serves others between two pieces; what they store after what was read is exported too."""
    shelf.refill([Heard(NOON + number, track=f"Track {number % 50}") for number in range(5000)])
    database = Database(url, schema="public", connections=1)
    history = History(database, zone="UTC", clock=FakeClock())

    pieces = history.export("jsonl", None, None)
    first = next(pieces)
    meanwhile = history.list_plays(PlayFilter(), after=None, limit=1)
    shelf.put([Heard(NOON + 6000), Heard(NOON - 1)])
    rest = b"".join(pieces)
    database.close()

    assert meanwhile[0].uts == NOON + 4999
    assert [play.uts for play in read_back(first + rest)] == [*range(NOON, NOON + 5000), NOON + 6000]


@pytest.mark.parametrize("form", ["", "xml", "CSV"])
def test_an_unknown_format_is_refused_before_anything_is_sent(history, form):
    with pytest.raises(InvalidArgument) as refused:
        history.export(form, None, None)

    assert [violation.field for violation in refused.value.violations] == ["format"]


def test_a_window_that_ends_before_it_begins_is_refused(history):
    with pytest.raises(InvalidArgument) as refused:
        history.export("csv", 2, 1)

    assert [violation.field for violation in refused.value.violations] == ["from"]
