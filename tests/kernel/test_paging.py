"""kernel/paging.py"""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from kernel.errors import InvalidArgument
from kernel.paging import PageTokens, load_or_create_key, page_size
from kernel.settings import AppSettings
from soniquebay.artist.v1 import artist_pb2 as pb

TOKENS = PageTokens(b"k" * 32)
CURSORS = st.lists(st.none() | st.text() | st.integers() | st.floats(allow_nan=False), max_size=5).map(tuple)


@given(cursor=CURSORS, prefix=st.text(max_size=20).filter(str.isprintable), size=st.integers(0, 200))
def test_a_cursor_comes_back_as_it_went_out_whatever_the_page_size(cursor, prefix, size):
    request = pb.ListArtistsRequest(name_prefix=prefix)

    token = TOKENS.issue(cursor, request)
    following = pb.ListArtistsRequest(name_prefix=prefix, page_size=size, page_token=token)

    assert TOKENS.read(token, following) == cursor


def test_the_empty_token_asks_for_the_first_page():
    assert TOKENS.read("", pb.ListArtistsRequest()) is None


@given(cursor=CURSORS, data=st.data())
def test_a_token_with_one_character_changed_is_refused(cursor, data):
    token = TOKENS.issue(cursor, pb.ListArtistsRequest())
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda char: char != token[place]))

    with pytest.raises(InvalidArgument) as caught:
        TOKENS.read(token[:place] + other + token[place + 1 :], pb.ListArtistsRequest())

    assert [violation.field for violation in caught.value.violations] == ["page_token"]


@pytest.mark.parametrize("token", [".", "..", "a", "=", "a.b", "\ud800", "é" * 5000, "W10.", "W10.W10", "0", "\0"])
def test_garbage_is_refused(token):
    with pytest.raises(InvalidArgument):
        TOKENS.read(token, pb.ListArtistsRequest())


@pytest.mark.parametrize(
    "request_",
    [
        pb.ListArtistsRequest(name_prefix="b"),
        pb.ListArtistsRequest(name_prefix="a", in_library=False),
        pb.ListSimilarArtistsRequest(artist="a"),
    ],
    ids=["other prefix", "other filter", "other list"],
)
def test_a_token_of_another_query_is_refused(request_):
    token = TOKENS.issue(("x",), pb.ListArtistsRequest(name_prefix="a"))

    with pytest.raises(InvalidArgument):
        TOKENS.read(token, request_)


def test_a_token_under_another_key_is_refused():
    token = PageTokens(b"other" * 8).issue(("x",), pb.ListArtistsRequest())

    with pytest.raises(InvalidArgument):
        TOKENS.read(token, pb.ListArtistsRequest())


@pytest.mark.parametrize(("asked", "given_"), [(0, 50), (1, 1), (200, 200), (201, 200), (2**31 - 1, 200)])
def test_the_page_size_has_a_default_and_a_limit(asked, given_):
    assert page_size(asked) == given_


@pytest.mark.parametrize("asked", [-1, -(2**31)])
def test_a_negative_page_size_is_refused_by_name(asked):
    with pytest.raises(InvalidArgument, match="page_size"):
        page_size(asked)


def test_the_key_is_made_once_for_the_owner_only(tmp_path: Path):
    path = tmp_path / "deep" / "page.key"

    first, second = load_or_create_key(path), load_or_create_key(path)

    assert first == second
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_eight_that_start_together_get_one_key(tmp_path: Path):
    together = Barrier(8)

    def load(_):
        together.wait()
        return load_or_create_key(tmp_path / "page.key")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(load, range(8)))

    assert len(keys) == 1


def test_a_key_that_a_power_cut_left_empty_is_made_anew(tmp_path: Path):
    (tmp_path / "page.key").write_bytes(b"")

    key = load_or_create_key(tmp_path / "page.key")

    assert len(key) == 32
    assert load_or_create_key(tmp_path / "page.key") == key


def test_replicas_with_one_secret_read_each_others_tokens_from_different_folders(tmp_path: Path):
    secret = SecretStr("correct horse battery staple, thrice over")
    one, other = (PageTokens.from_settings(AppSettings(jwt_secret=secret, data_dir=tmp_path / name)) for name in ("one", "other"))

    assert other.read(one.issue((7,), pb.ListArtistsRequest()), pb.ListArtistsRequest()) == (7,)
