"""services/album/providers/euria/wording.py and grounding.py: which words of an answer are shown."""

import re
import string
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed
from kernel.evidence import Absent
from services.album.providers.euria.grounding import has_invented_number
from services.album.providers.euria.wording import plain_words
from tests.services.album.providers_of_text.asking_euria import BRIEF
from tests.services.providers.contract import fault_of

FACTS = ("title: 10,000 Days", "released: 2006-05-02", "number of tracks: 11", "listeners on Last.fm: about 1.2 million")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is an album.", "It is an album."),
        ("  It is\n\nan  album.\r\n", "It is an album."),
        ("It is an album", "It is an album"),
        ("<think>Two sentences.</think>\n\nIt is an album.", "It is an album."),
        ("Two sentences.</think>It is an album.", "It is an album."),
        ("<THINKING >a</THINKING ><think>b</think>It is.", "It is."),
        ("It is an album. <think>Shall I go on", "It is an album."),
        ("**OK Computer** is an *album* by __Radiohead__.", "OK Computer is an album by Radiohead."),
        ("# OK Computer\n\n- It is an album.\n> By `Radiohead`.", "OK Computer It is an album. By Radiohead."),
        ("```markdown\nIt is an album.\n```", "It is an album."),
        ("It is by [Radiohead](https://evil.example/x).", "It is by Radiohead."),
        ("<p>It is an <b>album</b>.</p><br/>", "It is an album."),
        ("R&amp;B by Simon &amp; Garfunkel.", "R&B by Simon & Garfunkel."),
        ("See https://evil.example/x?y=z. It is an album.", "See …. It is an album."),
        ("See (www.evil.example) and evil.example/x!", "See (…) and …!"),
        ("M*A*S*H and snake_case_names and 2 * 3 * 4.", "M*A*S*H and snake_case_names and 2 * 3 * 4."),
        ("I <3 it, and <|°_°|> too: a < b.", "I <3 it, and <|°_°|> too: a < b."),
        ("Björk\u202e lone\ud800 nul\0 soft\u00adhyphen.", "Björk lone nul softhyphen."),
        ("Cafe\u0301.", "Café."),
    ],
)
def test_words_are_shown_without_thoughts_markup_and_addresses(said, shown):
    assert plain_words(said, is_whole=True) == shown


@pytest.mark.parametrize(
    "said",
    [
        "",
        " \n ",
        "...",
        "1997.",
        "<think>It is an album.",
        "**",
        "<!DOCTYPE html><html><body><p>It is an album.</p></body></html>",
        "It is <a href='x'>an album</a>.",
        "It is <scr<b>ipt>an album.",
        "&lt;script&gt;It is an album.",
        "&amp;lt;script&amp;gt;It is an album.",
        "A" * 5000,
    ],
)
def test_what_is_no_text_is_malformed(said):
    assert type(fault_of(lambda: plain_words(said, is_whole=True))) is ProviderMalformed


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is an album. It was rec", "It is an album."),
        ('He said "wow!" And the', 'He said "wow!"'),
        ("これはアルバムです。録音は", "これはアルバムです。"),
        ("Is it? Yes", "Is it?"),
    ],
)
def test_of_a_text_that_broke_off_whole_sentences_are_shown(said, shown):
    assert plain_words(said, is_whole=False) == shown


def test_a_text_that_broke_off_before_its_first_end_is_malformed():
    assert type(fault_of(lambda: plain_words("It is an album that", is_whole=False))) is ProviderMalformed


ODD = st.text(string.ascii_letters + string.digits + " \n.!?<>/&;:#*_`[]()@-|'\"\\wptshjavscri\u202e\0é…。", max_size=400)


@given(ODD | st.text(max_size=200), st.booleans())
def test_whatever_is_said_what_is_shown_is_short_printable_and_harmless(said, is_whole):
    with suppress(ProviderMalformed):
        shown = plain_words(said, is_whole=is_whole)
        assert 0 < len(shown) <= 1200
        assert "\0" not in shown
        assert "\n" not in shown
        assert not re.search(r"<[a-z/!?]|[a-z]{2}://|\bwww\.|&lt;", shown, re.IGNORECASE)
        shown.encode()


PIECES = [*".*<[(`-。", "&amp;", "a.", "a.b/", "www.", "aa://", "<think>", "</think>", "# ", " \n"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_takes_long_to_read(piece):
    began = time.monotonic()

    for tail in ("", "x"):
        with suppress(ProviderMalformed):
            plain_words(piece * (900_000 // len(piece)) + tail, is_whole=True)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "10,000 Days came out in 2006.",
        "10 000 Days, 10.000 Days, 10’000 Days, 10\u202f000 Days.",
        "It came out on 2 May 2006, or 02.05.2006, or 5/2/2006.",
        "Its 11 tracks were heard by 1.2 million, or 1,2 million.",
        "No number at all, but eleven tracks.",
        "١١ tracks of ２００６.",
        "011 tracks.",
    ],
)
def test_a_number_of_the_facts_may_be_written_in_any_way(text):
    assert not has_invented_number(text, FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "It came out in 1871.",
        "It came out in 2007.",
        "One of the best of the 2000s.",
        "It has 12 tracks.",
        "It was heard by 1,200,000 people.",
        "It was heard by 1.3 million.",
        "It came out in １８７１.",
        "It came out in ١٨٧١.",
        "The 2nd and the 7th.",
        "100,000 Days.",
        "x² + 9.",
    ],
)
def test_a_number_that_no_fact_holds_is_invented(text):
    assert has_invented_number(text, FACTS)


def test_a_year_of_the_title_is_told():
    assert not has_invented_number("OKNOTOK 1997 2017 is an album.", ["title: OKNOTOK 1997 2017"])


@given(st.text(max_size=300))
def test_what_the_facts_themselves_say_is_never_invented(said):
    assert not has_invented_number(said, [said])


def test_the_facts_of_a_brief_ground_themselves():
    facts = [f"{key}: {value}" for key, value in BRIEF.facts]

    assert not has_invented_number(" ".join(facts), facts)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "stop"),
        (5, "stop"),
        ([{"type": "text", "text": "It is."}], "stop"),
        ({}, "stop"),
        ("It is an album.", "content_filter"),
        ("It is an album.", ""),
        ("It is an album.", None),
    ],
)
def test_an_answer_without_a_finished_text_is_malformed(model, writer, content, reason):
    model.says(content, reason)

    assert type(fault_of(lambda: writer.write(BRIEF))) is ProviderMalformed


@pytest.mark.parametrize(("content", "reason"), [("", "stop"), ("It is an album", "length")])
def test_a_text_without_a_whole_sentence_is_none(model, writer, content, reason):
    model.says(content, reason)

    assert isinstance(writer.write(BRIEF), Absent)
