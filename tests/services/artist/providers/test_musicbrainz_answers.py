"""services/artist/providers/musicbrainz: what is made of bodies, the expected ones and any others."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar
from urllib.parse import unquote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderFault, ProviderMalformed, ProviderThrottled
from kernel.evidence import Absent, Ambiguous, Answer, Found
from services.artist.domain import MAX_NAME, Identity, IdentityMatch, Release
from services.artist.providers.musicbrainz import MusicbrainzProvider
from tests.fakes.canned import CannedUpstream, answering, body
from tests.fakes.raw_server import answer
from tests.services.artist.providers.asked_musicbrainz import (
    MBID,
    OTHER,
    OTHER_SPOTIFY_ID,
    SPOTIFY_ID,
    artist,
    groups,
    hits,
    link,
    musicbrainz_at,
    spotify,
)

T = TypeVar("T")

WHO = Identity(mbid=MBID)
METHODS = ("find_identity", "find_links", "find_releases")


@pytest.fixture(scope="module")
def canned() -> Iterator[CannedUpstream]:
    upstream = CannedUpstream()
    yield upstream
    upstream.server.stop()


@pytest.fixture(scope="module")
def provider(canned: CannedUpstream) -> Iterator[MusicbrainzProvider]:
    with musicbrainz_at(canned.server.url) as asking:
        yield asking


def links_of(canned: CannedUpstream, provider: MusicbrainzProvider, **more: Any) -> IdentityMatch:
    canned.says(json.dumps(artist(**more)))
    return found_by(provider.find_links(WHO)).value


def found_by(answered: Answer[T]) -> Found[T]:
    assert isinstance(answered, Found)
    return answered


def releases_of(canned: CannedUpstream, provider: MusicbrainzProvider, *rows: object) -> tuple[Release, ...]:
    canned.says(json.dumps({"releases": rows}))
    return found_by(provider.find_releases(WHO)).value


def release(**more: object) -> dict[str, object]:
    return {"id": OTHER, "title": "Innuendo", **{key.replace("_", "-"): value for key, value in more.items()}}


@pytest.mark.parametrize(
    ("relations", "spotify_id"),
    [
        ([link(spotify(SPOTIFY_ID))], SPOTIFY_ID),
        ([link(spotify(SPOTIFY_ID), "streaming")], SPOTIFY_ID),
        ([link(spotify(SPOTIFY_ID)), link(spotify(SPOTIFY_ID), "streaming")], SPOTIFY_ID),
        ([link(spotify(SPOTIFY_ID), ended=True)], None),
        ([link(spotify(SPOTIFY_ID)), link(spotify(OTHER_SPOTIFY_ID), ended=True)], SPOTIFY_ID),
        ([link(spotify(SPOTIFY_ID)), link(spotify(OTHER_SPOTIFY_ID))], None),
        ([link(spotify(SPOTIFY_ID), "social network")], None),
        ([link("https://open.spotify.com/album/1dfeR4HaWDbWqFHLkxsg1d")], None),
        ([link("https://open.spotify.com.example.org/artist/1dfeR4HaWDbWqFHLkxsg1d")], None),
        (None, None),
    ],
)
def test_a_spotify_id_is_taken_where_all_current_links_agree(canned, provider, relations, spotify_id):
    assert links_of(canned, provider, relations=relations).spotify_id == spotify_id


@pytest.mark.parametrize(
    ("resource", "wikidata_id"),
    [
        ("https://www.wikidata.org/wiki/Q15862", "Q15862"),
        ("http://www.wikidata.org/entity/Q15862", "Q15862"),
        ("https://www.wikidata.org/wiki/Q0", None),
        ("https://www.wikidata.org/wiki/Property:P1", None),
        ("https://example.org/wiki/Q15862", None),
    ],
)
def test_a_wikidata_id_is_taken_from_its_own_addresses_only(canned, provider, resource, wikidata_id):
    assert links_of(canned, provider, relations=[link(resource, "wikidata")]).wikidata_id == wikidata_id


def test_genres_are_the_ten_with_most_votes(canned, provider):
    genres = [{"name": f"genre {votes}", "count": votes} for votes in range(12)] + [{"name": "unvoted"}, {"count": 99}]

    assert links_of(canned, provider, genres=genres).genres == tuple(f"genre {votes}" for votes in range(11, 1, -1))


def test_what_is_missing_null_or_of_another_type_is_left_out(canned, provider):
    odd: dict[str, Any] = {
        "disambiguation": None,
        "aliases": [None, {"name": 3}],
        "genres": "rock",
        "relations": {},
        "release_groups": [[]],
    }

    match = links_of(canned, provider, **odd)

    assert (match.description, match.aliases, match.genres, match.titles, match.spotify_id) == ("", (), (), (), None)


@pytest.mark.parametrize("content", [{}, {"id": MBID}, artist(mbid="no-id"), artist(name=""), artist(name="x" * (MAX_NAME + 1))])
def test_a_lookup_without_name_or_id_is_malformed(canned, provider, content):
    canned.says(json.dumps(content))

    with pytest.raises(ProviderMalformed):
        provider.find_links(WHO)


def test_an_upper_case_id_is_the_same_artist(canned, provider):
    canned.says(json.dumps(artist(mbid=MBID.upper())))

    match = found_by(provider.find_links(Identity(mbid=MBID.upper()))).value

    assert (match.mbid, match.former_mbids) == (MBID, ())


@pytest.mark.parametrize("content", [{}, {"error": "later"}, {"artists": None, "releases": {}, "relations": 1}])
@pytest.mark.parametrize("method", ["find_identity", "find_releases"])
def test_an_answer_without_its_list_is_malformed_and_not_absence(canned, provider, content, method):
    canned.says(json.dumps(content))

    with pytest.raises(ProviderMalformed):
        getattr(provider, method)(Identity("Queen", mbid=MBID))


@pytest.mark.parametrize(
    "location",
    ["", "https://musicbrainz.org/", "/ws/2/artist/none", f"/ws/2/artist/{MBID}", f"/ws/2/label/{OTHER}", f"/?artist/{OTHER}"],
)
def test_a_redirect_to_no_other_artist_is_malformed(location):
    moved = body({}, "301 Moved", f"Location: {location}")

    with answering(moved) as upstream, musicbrainz_at(upstream.server.url) as provider, pytest.raises(ProviderMalformed):
        provider.find_links(WHO)


def test_a_second_redirect_is_malformed():
    first, second = (body({}, "301 Moved", f"Location: /ws/2/artist/{mbid}") for mbid in (OTHER, MBID))

    with answering(first, second) as upstream, musicbrainz_at(upstream.server.url) as provider, pytest.raises(ProviderMalformed):
        provider.find_links(WHO)


def test_an_address_of_several_artists_is_ambiguous(canned, provider):
    relations = [{"artist": artist()}, {"artist": artist("Other", OTHER)}, {"artist": artist()}, {"artist": None}]
    canned.says(json.dumps({"relations": relations}))

    answered = provider.find_identity(Identity(spotify_id=SPOTIFY_ID))

    assert isinstance(answered, Ambiguous)
    assert [(match.mbid, match.spotify_id) for match in answered.candidates] == [(MBID, SPOTIFY_ID), (OTHER, SPOTIFY_ID)]


def test_a_link_that_has_ended_links_nobody(canned, provider):
    canned.says(json.dumps({"relations": [{"ended": True, "artist": artist()}]}))

    assert isinstance(provider.find_identity(Identity(spotify_id=SPOTIFY_ID)), Absent)


def test_a_search_is_escaped_and_albums_are_browsed_without_bootlegs():
    search, albums = body(hits(artist("AC/DC"))), body(groups("Powerage", "Live"))

    with answering(search, albums) as upstream, musicbrainz_at(f"{upstream.server.url}ws/2/") as provider:
        found = found_by(provider.find_identity(Identity("AC/DC", titles=("Powerage (Remastered)",))))

    assert (found.confidence, found.matched_on) == (0.85, ("name", "1 album in common"))
    assert unquote_plus(upstream.asked[0]) == r'/ws/2/artist?query=artist:"AC\/DC" OR alias:"AC\/DC"&limit=25&fmt=json'
    assert f"artist={MBID}" in upstream.asked[1]
    assert "release-group-status=website-default" in upstream.asked[1]


@pytest.mark.parametrize(
    ("primary", "secondary", "kind"),
    [
        ("Album", [], "album"),
        ("EP", None, "ep"),
        ("Single", ["Remix"], "remix"),
        ("Album", ["Live", "Compilation"], "compilation"),
        ("Album", ["Live"], "live"),
        ("Album", ["Interview"], "other"),
        ("Album", ["Soundtrack"], "album"),
        ("Broadcast", [], "other"),
        (None, [], ""),
        ("Hologram", ["Unheard of"], ""),
    ],
)
def test_a_kind_is_what_weighs_most(canned, provider, primary, secondary, kind):
    group = {"id": MBID, "title": "Innuendo", "primary-type": primary, "secondary-types": secondary}

    assert releases_of(canned, provider, release(release_group=group))[0].kind == kind


def test_labels_are_each_once_and_self_released_is_said(canned, provider):
    info = [
        {"label": {"name": "EMI", "id": OTHER}},
        {"label": None},
        {},
        {"label": {"name": "EMI"}},
        {"label": {"name": "[kein Label]", "id": "157afde4-4bf5-4039-8ad2-5a15acc85176"}},
    ]

    assert releases_of(canned, provider, release(label_info=info))[0].labels == ("EMI", "[no label]")


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("1991-02-05", date(1991, 2, 5), "day"),
        ("1991-02", date(1991, 2, 1), "month"),
        ("1991", date(1991, 1, 1), "year"),
        ("1991-02-31", None, "day"),
        ("????-05", None, "day"),
        ("", None, "day"),
        (None, None, "day"),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(canned, provider, written, day, precision):
    (read,) = releases_of(canned, provider, release(date=written))

    assert (read.released, read.precision) == (day, precision)


def test_releases_without_title_or_id_are_left_out(canned, provider):
    rows = [release(), release(id="none"), release(title=""), None, release(id=MBID)]

    assert {read.id for read in releases_of(canned, provider, *rows)} == {OTHER, MBID}


def test_nothing_released_is_absent(canned, provider):
    canned.says('{"release-count": 0, "releases": []}')

    assert isinstance(provider.find_releases(WHO), Absent)


def test_of_many_releases_the_newest_are_fetched_as_well():
    old = {"release-count": 250, "releases": [release(date="1973"), release(id=MBID, date="1974")]}
    new = {"release-count": 250, "releases": [release(id=MBID.replace("0b", "0c"), date="2024"), release(date="1973")]}
    paced: list[str] = []

    with (
        answering(body(old), body(new)) as upstream,
        musicbrainz_at(upstream.server.url, pace=lambda: paced.append("paced")) as provider,
    ):
        found = found_by(provider.find_releases(WHO)).value

    assert [str(read.released)[:4] for read in found] == ["2024", "1974", "1973"]
    assert ["offset=0" in upstream.asked[0], "offset=150" in upstream.asked[1]] == [True, True]
    assert all("status=official" in address for address in upstream.asked)
    assert paced == ["paced"]


def test_throttling_by_a_zero_still_names_a_pause():
    refused = body({}, "429 Too Many", "Retry-After: 0")

    with (
        answering(refused) as upstream,
        musicbrainz_at(upstream.server.url) as provider,
        pytest.raises(ProviderThrottled) as caught,
    ):
        provider.find_links(WHO)

    assert caught.value.retry_after


@pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 50_000, '{"id": NaN}', "null", "17"])
@pytest.mark.parametrize("method", METHODS)
def test_deep_and_odd_json_is_malformed(canned, provider, nested, method):
    canned.says(nested)

    with pytest.raises(ProviderMalformed):
        getattr(provider, method)(Identity("Queen", mbid=MBID))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([MBID, "Queen", spotify(SPOTIFY_ID), "1991-02"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                """id name artists releases relations artist url resource type ended genres count aliases title release-groups
            release-group primary-type secondary-types label-info label date release-count life-span begin area score""".split()
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=JSON, status=st.sampled_from(["200 OK", "200 OK", "301 Moved", "400 Bad", "403 No", "404 None", "503 Busy"]))
def test_any_json_under_any_status_is_an_answer_or_a_declared_fault(canned, provider, content, status):
    canned.content = answer(json.dumps(content).encode(), status=status)

    for method in METHODS:
        with suppress(ProviderFault):
            who = Identity("Queen", mbid=MBID, spotify_id=SPOTIFY_ID, titles=("Innuendo",))
            assert isinstance(getattr(provider, method)(who), Found | Absent | Ambiguous)
