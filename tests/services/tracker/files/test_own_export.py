"""Our own export, in both of its forms: what we wrote, we read."""

import csv
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from services.tracker.domain import Play, Title
from tests.services.tracker.files.uploads import gzipped, kind_of, plays

COLUMNS = ["uts", "artist", "track", "album", "artist_id", "album_id", "track_id", "source"]

# a name of more line breaks than a row of a table may have lines is no name
ANY_TEXT = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip).filter(lambda name: name.count("\n") < 10)
)
NAMES = ANY_TEXT.filter(bool)
PLAYS = st.lists(
    st.builds(Play, st.integers(-(10**9), 4 * 10**9), st.builds(Title, artist=NAMES, track=NAMES, album=ANY_TEXT)),
    min_size=1,
    max_size=12,
)


def exported(play: Play) -> dict[str, object]:
    title = play.title
    ids = {"artist_id": "7", "album_id": "", "track_id": "9", "source": "lastfm"}
    return {"uts": play.uts, "artist": title.artist, "track": title.track, "album": title.album, **ids}


def as_csv(rows: list[Play]) -> str:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS)
    writer.writeheader()
    writer.writerows(exported(row) for row in rows)
    return written.getvalue()


def as_jsonl(rows: list[Play], *, ascii_only: bool) -> str:
    return "".join(json.dumps(exported(row), ensure_ascii=ascii_only) + "\n" for row in rows)


@settings(max_examples=200)
@given(PLAYS)
def test_a_table_that_we_wrote_is_read_to_the_letter(rows):
    written = as_csv(rows)

    assert kind_of(written).kind == "soniquebay_csv"
    assert plays(written) == rows


@settings(max_examples=200)
@given(PLAYS, st.booleans())
def test_lines_that_we_wrote_are_read_to_the_letter(rows, ascii_only):
    written = as_jsonl(rows, ascii_only=ascii_only)

    assert kind_of(written).kind == "soniquebay_jsonl"
    assert plays(written) == rows


def test_an_export_packed_by_its_owner_is_read_too():
    rows = [Play(1700000000, Title("Burial", "Archangel", "Untrue"))]

    assert plays(gzipped(as_csv(rows))) == plays(gzipped(as_jsonl(rows, ascii_only=False))) == rows


def test_lines_gathered_into_a_list_are_read_too():
    rows = [Play(1700000000, Title("Burial", "Archangel", "Untrue"))]

    assert plays(json.dumps([exported(row) for row in rows])) == rows
