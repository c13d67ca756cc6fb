"""services/artist/providers/lastfm/answers.py: whatever comes is an answer or a declared fault."""

import string
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Found
from services.artist.domain import Identity
from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.canned import CannedUpstream
from upstreams.lastfm.reading import plain_text

DECLARED = (ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable)
GOLDEN = Path(__file__).parent / "lastfm"


@given(st.text(string.printable + "<>&;#é", max_size=200))
def test_any_markup_becomes_some_text(markup):
    assert isinstance(plain_text(markup), str)


NAMES = st.sampled_from(
    (
        "lfm artist name mbid url image stats listeners playcount bio links link published summary content "
        "toptags tag count similarartists match similar error"
    ).split()
)
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"]), max_size=12),
    st.sampled_from(["", "NaN", "1", "-1", "0.5", "9" * 25, "01 Jan 1970, 00:00", "[unknown]", "Read more on Last.fm"]),
)


def element(name: str, inner: str, attributes: dict[str, str]) -> str:
    said = "".join(f" {key}='{_escape(value)}'" for key, value in attributes.items())
    return f"<{name}{said}>{inner}</{name}>"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")


ATTRIBUTES = st.dictionaries(st.sampled_from(["status", "code", "size", "artist", "href", "rel"]), VALUES, max_size=2)
TREES = st.recursive(
    VALUES.map(_escape),
    lambda inner: st.builds(element, NAMES, st.lists(inner, max_size=5).map("".join), ATTRIBUTES),
    max_leaves=25,
)
ROOTS = st.sampled_from(["artist", "toptags", "similarartists"])


def assert_answered_or_declared(upstream: CannedUpstream, lastfm: LastfmProvider, body: bytes) -> None:
    upstream.says(body)
    for ask in (
        lambda: lastfm.find_profile(Identity("X"), language="en"),
        lambda: lastfm.find_tags(Identity("X")),
        lambda: lastfm.find_similar_artists(Identity("X"), limit=3),
    ):
        with suppress(*DECLARED):
            assert isinstance(ask(), Found | Absent)


SHARED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(root=ROOTS, trees=st.lists(TREES, max_size=6))
def test_any_tree_under_the_right_root_is_an_answer_or_a_declared_fault(upstream, lastfm, root, trees):
    body = f'<lfm status="ok">{element(root, "".join(trees), {})}</lfm>'

    assert_answered_or_declared(upstream, lastfm, body.encode())


@SHARED
@given(body=st.one_of(st.binary(max_size=300), TREES.map(str.encode)))
def test_any_bytes_are_an_answer_or_a_declared_fault(upstream, lastfm, body):
    assert_answered_or_declared(upstream, lastfm, body)


@SHARED
@given(
    name=st.sampled_from(["profile-whole", "profile-bare", "tags-odd", "similar-odd"]),
    start=st.integers(0, 3000),
    length=st.integers(0, 40),
    put=st.binary(max_size=20),
)
def test_a_body_with_a_wound_is_an_answer_or_a_declared_fault(upstream, lastfm, name, start, length, put):
    whole = (GOLDEN / f"{name}.xml").read_bytes()
    at = start % len(whole)

    assert_answered_or_declared(upstream, lastfm, whole[:at] + put + whole[at + length :])
