"""Tables of plays by the tools that write them."""

import json

import pytest

from services.tracker.domain import Mbids, Play, Title
from tests.services.tracker.files.uploads import ALBUM_ID, ARTIST_ID, TRACK_ID, kind_of, only_play, only_reject, plays, read

GHAN = "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
PLAY = Play(1779022496, Title("Nelly Furtado", "Say It Right", "Loose"))


def test_the_table_of_ghan_nl_is_read_with_its_ids():
    row = f'"1779022496","17 May 2026, 12:54","Nelly Furtado","{ARTIST_ID}","Loose","{ALBUM_ID}","Say It Right","{TRACK_ID}"\r\n'

    assert kind_of(GHAN + row).kind == "lastfm_csv"
    assert plays(GHAN + row) == [Play(PLAY.uts, PLAY.title, Mbids(ARTIST_ID, TRACK_ID, ALBUM_ID))]


def test_where_the_number_is_missing_the_written_time_in_utc_counts():
    row = ',"17 May 2026, 12:54","Nelly Furtado",,"Loose",,"Say It Right",\n'

    assert only_play(GHAN + row).uts == 1779022440


def test_the_table_of_lastfm_to_csv_has_no_header_and_is_in_utc():
    written = '"Nelly Furtado",Loose,"Say It Right","17 May 2026 12:54"\nWild Belle,,June,31 May 2016 20:46'

    assert kind_of(written).kind == "lastfm_csv"
    assert plays(written) == [
        Play(1779022440, Title("Nelly Furtado", "Say It Right", "Loose")),
        Play(1464727560, Title("Wild Belle", "June")),
    ]


def test_the_table_of_lastfm_stats_web_names_the_account_and_is_dated_in_milliseconds():
    written = '\ufeffArtist;Album;AlbumId;Track;Date#erik\n"Nelly ""N"" Furtado";"Loose";"";"Say; It";"1779022496123"\n'

    recognised = kind_of(written)

    assert (recognised.kind, recognised.account) == ("lastfm_csv", "erik")
    assert plays(written) == [Play(1779022496, Title('Nelly "N" Furtado', "Say; It", "Loose"))]


def test_an_older_table_of_lastfm_stats_web_may_have_no_albums():
    written = 'Artist;Track;Date#erik\n"Nelly Furtado";"Say It Right";"1779022496123"'

    assert plays(written) == [Play(1779022496, Title("Nelly Furtado", "Say It Right"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_delimiter_line_end_and_byte_order_mark_are_found_out(delimiter, end, mark):
    lines = [["Artist Name", "Track Name", "Release Name", "Timestamp"], ["Nelly Furtado", "Say It Right", "Loose", "1779022496"]]

    assert plays(mark + end.join(delimiter.join(line) for line in lines)) == [PLAY]


@pytest.mark.parametrize(
    ("written", "uts"),
    [
        ("1779022496", 1779022496),
        ("1779022496.9", 1779022496),
        ("1779022496999", 1779022496),
        ("2026-05-17T12:54:56Z", 1779022496),
        ("2026-05-17 14:54:56+02:00", 1779022496),
        ("2026-05-17T12:54:56.123456789Z", 1779022496),
        ("17 May 2026, 12:54:56", 1779022496),
        ("0", 0),
        ("-5", -5),
    ],
)
def test_a_time_is_read_however_it_is_written(written, uts):
    assert only_play(f'date,artist,track\n"{written}",Nelly Furtado,Say It Right\n').uts == uts


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "2026-05-17 12:54:56",
        "2026-05-17",
        "31 Feb 2026, 12:54",
        "17 Mai 2026, 12:54",
        "1.78E+09",
        "9" * 15,
        "9" * 400,
        "nan",
        "inf",
        "٢٠٢٦",
        "0001-01-01T00:00:00+23:59x",
    ],
)
def test_a_time_that_says_too_little_or_nothing_is_no_time(written):
    reject = only_reject(f'date,artist,track\n"{written}",Nelly Furtado,Say It Right\n')

    assert reject.reason.startswith("has no time that can be read")
    assert json.loads(reject.raw) == [written, "Nelly Furtado", "Say It Right"]


def test_the_exact_time_comes_before_the_written_one_wherever_it_stands():
    written = 'Date,Timestamp,Artist,Track\n"17 May 2026, 12:54",1779022496,Nelly Furtado,Say It Right\n'

    assert only_play(written).uts == 1779022496


def test_columns_of_no_use_and_blank_lines_are_passed_over():
    written = "uts,artist,loved,track\n\n1779022496,Nelly Furtado,yes,Say It Right\n\n \n"

    assert read(written)[:1] == [Play(1779022496, Title("Nelly Furtado", "Say It Right"))]


@pytest.mark.parametrize("row", ["1779022496,Earth, Wind & Fire,September", "1779022496,Nelly Furtado", "just words"])
def test_a_row_whose_columns_do_not_fit_is_told_rather_than_guessed_at(row):
    rows = read(f"uts,artist,track\n{row}\n1779022496,Nelly Furtado,Say It Right\n")

    assert [type(each).__name__ for each in rows] == ["Reject", "Play"]


def test_empty_columns_too_many_do_no_harm():
    assert only_play("uts,artist,track\n1779022496,Nelly Furtado,Say It Right,,\n").uts == 1779022496


def test_a_name_may_hold_line_breaks_and_delimiters():
    written = 'uts,artist,track\n1779022496,"Nelly\nFurtado, ""N""",Say It Right\n'

    assert only_play(written).title.artist == 'Nelly\nFurtado, "N"'


def test_a_quote_that_never_closes_spoils_only_its_own_line():
    good = "".join(f"{1779022496 + n},Nelly Furtado,Say It Right {n}\n" for n in range(50))

    rows = read(f'uts,artist,track\n1779022495,"Nelly,Say It\n{good}')

    assert [type(each).__name__ for each in rows] == ["Reject"] + ["Play"] * 50


def test_a_line_longer_than_a_row_can_be_spoils_only_itself():
    rows = read(f"uts,artist,track\n1779022496,Nelly Furtado,{'x' * 3_000_000}\n1779022496,Nelly Furtado,Say It Right\n")

    assert [type(each).__name__ for each in rows] == ["Reject", "Play"]


def test_a_field_longer_than_any_name_spoils_only_its_row():
    rows = read(f"uts,artist,track\n1779022496,Nelly Furtado,{'x' * 200_000}\n1779022496,Nelly Furtado,Say It Right\n")

    assert [type(each).__name__ for each in rows] == ["Reject", "Play"]


def test_a_table_with_only_its_header_is_empty():
    assert read(GHAN) == []
