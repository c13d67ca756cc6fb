"""services/cover/providers/commons: what is made of rows and pages, well-formed and not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed
from services.cover.domain import Subject
from services.cover.providers.commons.answers import parse_file_names, parse_portrait
from services.cover.providers.commons.question import write_query
from tests.services.cover.providers.asking import ARTIST

MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
FILES = "http://commons.wikimedia.org/wiki/Special:FilePath/"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def row(image: str, item: str = "Q44190") -> dict[str, object]:
    return {
        "artist": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"},
        "image": {"type": "uri", "value": image},
    }


def page(**about: object) -> dict[str, object]:
    told = {"thumburl": "https://upload.wikimedia.org/x.jpg", "mime": "image/jpeg", **about}
    return {"query": {"pages": [{"title": "File:X.jpg", "imageinfo": [told]}]}}


def credit(markup: str) -> str:
    portrait = parse_portrait(page(extmetadata={"Artist": {"value": markup}}))
    assert portrait is not None
    return portrait.attribution


def test_a_query_holds_the_id_and_asks_by_wikidatas_own_first():
    assert f'wdt:P434 "{MBID}"' in write_query(Subject(ARTIST, "x", artist_mbid=MBID.upper()))
    assert "wd:Q44190" in write_query(Subject(ARTIST, "x", artist_mbid=MBID, wikidata_id="Q44190"))


def test_names_are_read_from_addresses_and_photos_stand_before_drawings():
    rows = [row(f"{FILES}A_logo.SVG"), row(f"{FILES}K%C3%B6ln%20%28live%29.jpg"), row(f"{FILES}A.tif")]

    assert parse_file_names(rows) == ("Köln (live).jpg", "A logo.SVG", "A.tif")


@pytest.mark.parametrize(
    "image",
    [
        "",
        "https://evil.example/x.jpg",
        FILES,
        f"{FILES}a%7Cb.jpg",
        f"{FILES}a%0Ab.jpg",
        f"{FILES}a%23b.jpg",
        f"{FILES}{300 * 'x'}",
    ],
)
def test_what_is_the_name_of_no_file_is_passed_over(image):
    assert parse_file_names([row(image)]) == ()


def test_an_id_that_several_items_claim_shows_nobody():
    assert parse_file_names([row(f"{FILES}A.jpg"), row(f"{FILES}B.jpg", "Q2")]) == ()
    assert parse_file_names([row(f"{FILES}A.jpg", "L1"), {"artist": 3}]) == ()


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<a href="//x" title="y">Example &amp; Sons</a>', "Example & Sons"),
        ("<div><b>One</b><br>Two</div><script>alert(1)</script>", "One Two"),
        ("<style>.x{}</style>Who<!-- not this -->", "Who"),
        ("&lt;script&gt;", "<script>"),
        ("Who<script>alert(1)", "Who"),
        ("<style>a</style>b<script>c", "b"),
        ("a\n b\u202e\tc", "a b c"),
        (7, ""),
    ],
)
def test_a_credit_is_words_on_one_line(markup, words):
    assert credit(markup) == words


def test_a_long_credit_is_cut():
    assert credit(1000 * "x") == 299 * "x" + "…"


@pytest.mark.parametrize("part", ["<script ", "<", "<a ", "&", "<div ", "\n", "<!--"])
def test_no_credit_takes_long_to_read(part):
    began = time.process_time()

    credit((7999 // len(part)) * part)

    assert time.process_time() - began < 0.05


@pytest.mark.parametrize(
    "node",
    [
        {"query": {"pages": [{"title": "File:X.jpg", "missing": True}]}},
        {"query": {"pages": []}},
        page(thumburl=""),
        page(mime="audio/ogg"),
        page(mime=None),
    ],
)
def test_what_cannot_be_shown_is_no_portrait(node):
    assert parse_portrait(node) is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://x", "//x", 3])
def test_a_page_that_is_no_web_address_is_not_shown_as_one(address):
    portrait = parse_portrait(page(descriptionurl=address))

    assert portrait is not None
    assert portrait.page == ""


@pytest.mark.parametrize("node", [{}, {"query": []}, {"query": {"pages": {"-1": {"missing": ""}}}}])
def test_what_is_no_list_of_pages_is_malformed(node):
    with pytest.raises(ProviderMalformed):
        parse_portrait(node)


@given(JSON)
def test_no_answer_is_a_bug(content):
    assert parse_portrait({"query": {"pages": [content, {"imageinfo": content}]}}) is None
    assert parse_file_names([{"artist": content, "image": content}, row(f"{FILES}A.jpg")]) == ("A.jpg",)
