"""services/artist/providers/lastfm/answers.py: what is made of bodies, the expected ones and those nearly right."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facts.values import Image, Tag
from kernel.errors import ProviderMalformed
from kernel.evidence import Absent, Found
from services.artist.domain import MAX_NAME, Biography, Identity, Profile, SimilarName
from services.artist.providers.lastfm import LastfmProvider
from tests.fakes.canned import CannedUpstream
from upstreams.lastfm.reading import plain_text

GOLDEN = Path(__file__).parent / "lastfm"
_AT_ONCE = 5.0  # seconds of the processor; the quadratic readings these tests keep out take minutes


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.xml").read_text("utf-8")


def ask_all(provider: LastfmProvider) -> list[object]:
    return [
        provider.find_profile(Identity("Sigur Testós"), language="en"),
        provider.find_tags(Identity("Sigur Testós")),
        provider.find_similar_artists(Identity("Sigur Testós"), limit=50),
    ]


def profile_of(provider: LastfmProvider) -> Profile:
    found = provider.find_profile(Identity("Sigur Testós"), language="is")
    assert isinstance(found, Found)
    return found.value


def biography_of(provider: LastfmProvider) -> Biography:
    biography = profile_of(provider).biography
    assert biography is not None
    return biography


def profile_with(*elements: str) -> str:
    return f'<lfm status="ok"><artist><name>X</name>{"".join(elements)}</artist></lfm>'


def bio(markup: str) -> str:
    return f"<bio><content><![CDATA[{markup}]]></content></bio>"


def test_a_whole_profile(upstream: CannedUpstream, lastfm):
    upstream.says(golden("profile-whole"))

    profile = profile_of(lastfm)

    assert (profile.name, profile.mbid) == ("Sigur Testós", "0b51f328-1f2b-464c-9e2c-0c2a8cce20ae")
    assert (profile.listeners, profile.playcount) == (1_234_567, 89_012_345)
    assert profile.url == "https://www.last.fm/music/Sigur+Test%C3%B3s"


def test_pictures_are_smallest_first_without_stars_nameless_sizes_and_plain_http(upstream, lastfm):
    upstream.says(golden("profile-whole"))

    images = profile_of(lastfm).images

    address = "https://lastfm.freetls.fastly.net/i/u/{}/0123456789abcdef0123456789abcdef.jpg"
    assert images == (Image("small", address.format("34s")), Image("mega", address.format("300x300")))


def test_a_biography_is_plain_text_without_the_closing_link_and_licence(upstream, lastfm):
    upstream.says(golden("profile-whole"))

    biography = biography_of(lastfm)

    assert biography.summary == 'They play "slowly" & well.'
    assert biography.content == 'They play "slowly" & well, for 3 < 4 people.\n\nTheir second record was longer.'
    assert (biography.language, biography.published_at) == ("is", datetime(2006, 2, 12, 19, 5, tzinfo=UTC))
    assert biography.licence.startswith("CC BY-SA")
    assert biography.url == "https://last.fm/music/Sigur+Test%C3%B3s/+wiki"


def test_what_belongs_to_an_artist_within_is_not_taken_for_the_artists_own(upstream, lastfm):
    upstream.says(golden("profile-whole").replace("<mbid>0B51F328-1F2B-464C-9E2C-0C2A8CCE20AE</mbid>", ""))

    profile = profile_of(lastfm)

    assert profile.mbid is None
    assert all("ffff" not in image.url for image in profile.images)


def test_a_bare_profile_says_nothing_it_does_not_know(upstream, lastfm):
    upstream.says(golden("profile-bare"))

    assert profile_of(lastfm) == Profile("Nearly Nothing", "https://www.last.fm/music/Nearly+Nothing")


def test_the_first_of_january_1970_means_that_nobody_ever_wrote(upstream, lastfm):
    upstream.says(profile_with("<bio><published>01 Jan 1970, 00:00</published><content>Words.</content></bio>"))

    assert biography_of(lastfm).published_at is None


@pytest.mark.parametrize("date", ["", "yesterday", "31 Feb 2006, 00:00", "12 Feb 99999, 00:00", "12 Feb 0001, 00:00"])
def test_a_date_that_makes_no_sense_is_left_out(upstream, lastfm, date):
    upstream.says(profile_with(f"<bio><published>{date}</published><content>Words.</content></bio>"))

    assert biography_of(lastfm).published_at is None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("0", 0),
        (" 12 ", 12),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), 2**63 - 1),
        ("9" * 30, 2**63 - 1),
        ("9" * 5000, None),
        ("-1", None),
        ("1,234", None),
        ("1e6", None),
        ("²", None),
        ("", None),
    ],
)
def test_a_count_is_a_whole_number_of_64_bits_or_nothing(upstream, lastfm, text, count):
    upstream.says(profile_with(f"<stats><listeners>{text}</listeners></stats>"))

    assert profile_of(lastfm).listeners == count


def test_tags_without_name_or_weight_are_left_out_and_doubles_are_one(upstream, lastfm):
    upstream.says(golden("tags-odd"))

    tags = lastfm.find_tags(Identity("Sigur Testós")).value

    assert tags == (
        Tag("ambient", 100, "https://www.last.fm/tag/ambient"),
        Tag("over a hundred", 100),
        Tag("rock & roll", 20),
    )


def test_similar_artists_without_name_or_with_a_match_that_is_none_are_left_out(upstream, lastfm):
    upstream.says(golden("similar-odd"))

    similar = lastfm.find_similar_artists(Identity("Sigur Testós"), limit=50).value

    assert similar == (
        SimilarName("First", 1.0, 1, "8ed2e0b3-aa4c-4e13-bec3-dc7393ed4d6b", "https://www.last.fm/music/First"),
        SimilarName("Second", 0.5726, 2),
        SimilarName("Third", 0.0, 3),
    )


def test_more_similar_artists_than_asked_for_are_cut(upstream, lastfm):
    upstream.says(golden("similar-odd"))

    assert [row.name for row in lastfm.find_similar_artists(Identity("Sigur Testós"), limit=1).value] == ["First"]


def test_a_name_longer_than_any_is_no_name(upstream, lastfm):
    long = "x" * (MAX_NAME + 1)
    upstream.says(f'<lfm status="ok"><artist><name>{long}</name></artist></lfm>')

    with pytest.raises(ProviderMalformed):
        profile_of(lastfm)

    upstream.says(f'<lfm status="ok"><similarartists><artist><name>{long}</name><match>1</match></artist></similarartists></lfm>')
    assert isinstance(lastfm.find_similar_artists(Identity("X"), limit=5), Absent)


def test_an_artist_without_a_name_is_malformed_and_not_absent(upstream, lastfm):
    upstream.says('<lfm status="ok"><artist><url>https://www.last.fm/music/X</url></artist></lfm>')

    with pytest.raises(ProviderMalformed):
        profile_of(lastfm)


def test_an_answer_to_another_question_is_malformed(upstream, lastfm):
    upstream.says('<lfm status="ok"><album><name>X</name></album></lfm>')

    for ask in (
        lambda: profile_of(lastfm),
        lambda: lastfm.find_tags(Identity("X")),
        lambda: lastfm.find_similar_artists(Identity("X"), limit=1),
    ):
        with pytest.raises(ProviderMalformed):
            ask()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<lfm/>",
        '<lfm status="failed"/>',
        '<lfm status="failed"><error/></lfm>',
        '<lfm status="failed"><error code="6"/></lfm>',
        '<lfm status="failed"><error code="x"><b>words</b></error></lfm>',
        '<lfm status="ok"></lfm>',
        '<?xml version="1.0" encoding="x-nobody-knows"?><lfm status="ok"><artist/></lfm>',
        '<!DOCTYPE lfm [<!ENTITY a SYSTEM "file:///etc/passwd">]><lfm status="ok"><artist><name>&a;</name></artist></lfm>',
        "\ufeff\ufeff<lfm/>",
        "<lfm>\x00</lfm>",
    ],
)
def test_a_body_that_is_nearly_right_is_malformed(upstream, lastfm, body):
    upstream.says(body)

    with pytest.raises(ProviderMalformed):
        profile_of(lastfm)


def test_entities_that_multiply_are_malformed_and_cost_no_time(upstream, lastfm):
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    upstream.says(f'<!DOCTYPE lfm [<!ENTITY l0 "ha">{layers}]><lfm status="ok"><artist><name>&l9;</name></artist></lfm>')
    began = time.process_time()

    with pytest.raises(ProviderMalformed):
        profile_of(lastfm)

    assert time.process_time() - began < _AT_ONCE


def test_a_body_nested_beyond_all_reason_is_malformed(upstream, lastfm):
    deep = "<a>" * 5000 + "</a>" * 5000
    upstream.says(profile_with(deep))

    with pytest.raises(ProviderMalformed):
        profile_of(lastfm)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a <![foo[bar]]> b", "a  b"),
        ("1 < 2 > 1", "1 < 2 > 1"),
        ("&eacute;t&#233; &amp;amp;", "été &amp;"),
        (f"x &#{'9' * 5000}; y", f"x &#{'9' * 5000}; y"),
        ("&#xD800;", "\ufffd"),
        ("&nosuchthing; & &", "&nosuchthing; & &"),
        ("<!-- hidden -->seen<br/>here", "seenhere"),
        ("Words. Read more about Sigur Testós on Last.fm.", "Words."),
        ("READ MORE ON LAST.FM", ""),
    ],
)
def test_markup_becomes_plain_text(markup, text):
    assert plain_text(markup) == text


@pytest.mark.parametrize("piece", [" ", "<a ", "<!", "<![CDATA[", "Read more about ", "&#", "User-contributed text ", "<a>"])
def test_a_long_biography_is_read_in_time_proportional_to_its_length(piece):
    began = time.process_time()

    plain_text("x" + piece * (500_000 // len(piece)) + "y")

    assert time.process_time() - began < _AT_ONCE
