"""Has the simulated Last.fm the habits of the real one?"""

import pytest

RADIOHEAD = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
STAR = "2a96cbd8b46e442fc41c2b86b821562f"
READ_MORE = '<a href="https://www.last.fm/music/Radiohead">Read more on Last.fm</a>'


def test_get_and_post_and_both_addresses_answer_the_same(sandbox):
    ask = {"method": "ARTIST.GETINFO", "artist": "Radiohead", "api_key": "k"}

    answers = [
        sandbox.client.get("/lastfm/2.0/", params=ask),
        sandbox.client.post("/lastfm/2.0/", data=ask),
        sandbox.client.get("/lastfm/2.0", params=ask),
        sandbox.client.post("/lastfm/2.0?artist=Radiohead", data={"method": "artist.getinfo", "api_key": "k"}),
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_headers_are_those_of_the_real_service(sandbox):
    answer = sandbox.ask("artist.getInfo", artist="Radiohead")

    assert answer.headers["content-type"] == "text/xml; charset=UTF-8"
    assert answer.headers["server"].startswith("openresty/")
    assert "retry-after" not in answer.headers


def test_json_escapes_every_slash_and_writes_numbers_as_texts(sandbox):
    answer = sandbox.ask("artist.getInfo", artist="Radiohead", format="json")

    assert "/" not in answer.text.replace("\\/", "")
    assert answer.json()["artist"]["stats"] == {"listeners": "7965123", "playcount": "1286093099"}


def test_artist_has_the_placeholder_star_and_a_bio_that_ends_in_the_link(sandbox):
    artist = sandbox.ask_json("artist.getInfo", artist="Radiohead")["artist"]

    assert all(STAR in image["#text"] for image in artist["image"])
    assert artist["bio"]["summary"].endswith(READ_MORE)
    assert READ_MORE + ". User-contributed text" in artist["bio"]["content"]


def test_username_in_the_query_of_a_post_adds_the_listeners_count(sandbox):
    ask = {"method": "artist.getInfo", "artist": "Radiohead", "api_key": "k", "format": "json"}

    answer = sandbox.client.post("/lastfm/2.0/?username=sandbox_listener", data=ask)

    assert answer.json()["artist"]["stats"]["userplaycount"] == "0"


def test_bare_artist_has_empty_lists_no_identifier_and_a_lone_link(sandbox):
    artist = sandbox.ask_json("artist.getInfo", artist="Bare Sandbox Artist")["artist"]

    assert "mbid" not in artist
    assert (artist["similar"], artist["tags"]) == ({"artist": []}, {"tag": []})
    assert artist["bio"]["summary"].startswith(" <a href=")
    assert (artist["bio"]["content"], artist["bio"]["published"]) == ("", "01 Jan 1970, 00:00")


def test_unknown_bracket_artist_explains_missing_tags(sandbox):
    artist = sandbox.ask_json("artist.getInfo", artist="[unknown]")["artist"]

    assert "no artist in their tags" in artist["bio"]["content"]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("Bjork", "Björk"), ("acdc", "AC/DC"), ("Tyler the Creator", "Tyler, The Creator"), ("Edith Piaf", "Édith Piaf")],
)
def test_autocorrect_finds_the_proper_spelling_and_its_absence_does_not(sandbox, spelling, name):
    corrected = sandbox.ask_json("artist.getInfo", artist=spelling, autocorrect=1)
    refused = sandbox.ask_json("artist.getInfo", artist=spelling)

    assert corrected["artist"]["name"] == name
    assert refused["error"] == 6


def test_names_compare_without_case(sandbox):
    assert sandbox.ask_json("artist.getInfo", artist="radiohead")["artist"]["name"] == "Radiohead"


def test_biography_is_in_the_language_asked_for_or_missing(sandbox):
    french = sandbox.ask_json("artist.getInfo", artist="Radiohead", lang="fr")["artist"]["bio"]
    german = sandbox.ask_json("artist.getInfo", artist="Radiohead", lang="de")["artist"]["bio"]

    assert french["summary"].startswith("Radiohead est un groupe")
    assert german["content"] == ""


def test_identifier_stands_in_for_the_name(sandbox):
    info = sandbox.ask_json("artist.getInfo", mbid=RADIOHEAD)
    tags = sandbox.ask_json("artist.getTopTags", mbid=RADIOHEAD)
    similar = sandbox.ask_json("artist.getSimilar", mbid=RADIOHEAD)
    album = sandbox.ask_json("album.getInfo", mbid="0b6b4ba0-d36f-47bd-b4ea-6a5b91842d29")

    assert info["artist"]["name"] == tags["toptags"]["@attr"]["artist"] == similar["similarartists"]["@attr"]["artist"]
    assert album["album"]["name"] == "OK Computer"


def test_similar_artists_begin_with_match_one_and_keep_to_the_limit(sandbox):
    artists = sandbox.ask_json("artist.getSimilar", artist="Radiohead", limit=4)["similarartists"]["artist"]

    matches = [float(artist["match"]) for artist in artists]
    assert (len(artists), artists[0]["match"]) == (4, "1")
    assert matches == sorted(matches, reverse=True)


def test_one_element_list_collapses_to_an_object(sandbox):
    similar = sandbox.ask_json("artist.getSimilar", artist="Radiohead", limit=1)
    plays = sandbox.ask_json("user.getRecentTracks", user="sandbox_listener", limit=1)

    assert isinstance(similar["similarartists"]["artist"], dict)
    assert isinstance(plays["recenttracks"]["track"], dict)


def test_search_answers_in_the_opensearch_envelope(sandbox):
    results = sandbox.ask_json("artist.search", artist="the s")["results"]

    names = [artist["name"] for artist in results["artistmatches"]["artist"]]
    assert names == ["The Smiths", "The Smile"]
    assert results["opensearch:totalResults"] == "2"
    assert results["opensearch:Query"]["searchTerms"] == "the s"
    assert results["@attr"] == {"for": "the s"}


def test_album_counts_seconds_and_track_milliseconds(sandbox):
    album = sandbox.ask_json("album.getInfo", artist="Radiohead", album="OK Computer")["album"]
    track = sandbox.ask_json("track.getInfo", artist="Radiohead", track="Airbag")["track"]

    assert album["tracks"]["track"][0]["duration"] == 284
    assert track["duration"] == "284000"


def test_length_that_is_not_known_is_null_on_the_album_and_zero_on_the_track(sandbox):
    albums = [(one["title"], one["tracks"]) for one in sandbox.control("catalogue/Radiohead")["albums"]]
    answered = [sandbox.ask_json("album.getInfo", artist="Radiohead", album=title)["album"]["tracks"] for title, _ in albums]
    lengths = {row["name"]: row["duration"] for tracks in answered for row in tracks["track"]}
    unknown = [name for name, length in lengths.items() if length is None]

    tracks = [sandbox.ask_json("track.getInfo", artist="Radiohead", track=name)["track"] for name in unknown]
    as_xml = sandbox.ask("album.getInfo", artist="Radiohead", album=tracks[0]["album"]["title"]).text

    assert 1 <= len(unknown) < len(lengths) / 4
    assert {track["duration"] for track in tracks} == {"0"}
    assert "<duration></duration>" in as_xml


def test_only_track_of_an_album_is_an_object_and_no_list(sandbox):
    album = sandbox.ask_json("album.getInfo", artist="K/DA", album="POP/STARS")["album"]

    assert (album["tracks"]["track"]["name"], album["tracks"]["track"]["@attr"]) == ("POP/STARS", {"rank": 1})


def test_album_that_hardly_exists_has_no_tracks_tags_wiki_picture_or_identifier(sandbox):
    ask = {"artist": "Bare Sandbox Artist", "album": "Bare Sandbox Album"}

    album = sandbox.ask_json("album.getInfo", **ask)["album"]
    tags = sandbox.ask_json("album.getTopTags", **ask)["toptags"]

    assert (album["mbid"], album["tags"], album["listeners"]) == ("", "", "2")
    assert {image["#text"] for image in album["image"]} == {""}
    assert album.keys() & {"tracks", "wiki"} == set()
    assert tags == {"tag": [], "@attr": {"artist": ask["artist"], "album": ask["album"]}}


def test_album_has_tags_of_its_own_where_the_catalogue_has_them(sandbox):
    ask = {"artist": "Halcyon Relay", "album": "Signal Gardens"}

    top = sandbox.ask_json("album.getTopTags", **ask)["toptags"]["tag"]
    shown = sandbox.ask_json("album.getInfo", **ask)["album"]["tags"]["tag"]

    assert [(tag["name"], tag["count"]) for tag in top][:2] == [("ambient", 100), ("seen live", 62)]
    assert [tag["name"] for tag in shown] == [tag["name"] for tag in top]


def test_summary_on_a_record_ends_in_link_and_full_stop(sandbox):
    album = sandbox.ask_json("album.getInfo", artist="Radiohead", album="OK Computer")["album"]["wiki"]
    track = sandbox.ask_json("track.getInfo", artist="Radiohead", track="Airbag")["track"]["wiki"]

    assert album["summary"].endswith(">Read more on Last.fm</a>.")
    assert track["summary"].endswith(">Read more on Last.fm</a>.")
    assert "</a>. User-contributed text" in album["content"]


@pytest.mark.parametrize(
    ("method", "ask", "message"),
    [
        ("album.getInfo", {"artist": "Radiohead", "album": "No Such Album"}, "Album not found"),
        ("album.getInfo", {"artist": "No Such Artist At All", "album": "OK Computer"}, "Album not found"),
        ("album.getInfo", {"mbid": RADIOHEAD}, "Album not found"),
        ("album.getTopTags", {"artist": "Radiohead", "album": "No Such Album"}, "Album not found"),
        ("track.getInfo", {"artist": "Radiohead", "track": "No Such Track"}, "Track not found"),
        ("track.getInfo", {"artist": "No Such Artist At All", "track": "Airbag"}, "Track not found"),
    ],
)
def test_unknown_records_are_missed_in_their_own_words(sandbox, method, ask, message):
    answered = sandbox.ask_json(method, **ask)

    assert (answered["error"], answered["message"]) == (6, message)


def test_track_outside_every_album_has_no_album_element(sandbox):
    album = sandbox.control("catalogue/Fictional Band 0001")["albums"][0]

    track = sandbox.ask_json("track.getInfo", artist="Fictional Band 0001", track=album["tracks"][-1]["title"])["track"]

    assert "album" not in track


@pytest.mark.parametrize("number", [1, 777, 2000])
def test_fictional_artists_have_every_field(sandbox, number):
    name = f"fictional band {number:04}"

    artist = sandbox.ask_json("artist.getInfo", artist=name)["artist"]
    tags = sandbox.ask_json("artist.getTopTags", artist=name)["toptags"]["tag"]
    similar = sandbox.ask_json("artist.getSimilar", artist=name)["similarartists"]["artist"]
    again = sandbox.ask_json("artist.getInfo", mbid=artist["mbid"])["artist"]

    assert (artist["name"], again["name"]) == (name.title(), name.title())
    assert artist["bio"]["content"]
    assert len(tags) >= 5
    assert len(similar) >= 5


def test_fictional_artists_end_at_two_thousand(sandbox):
    assert sandbox.ask_json("artist.getInfo", artist="Fictional Band 2001")["error"] == 6
    assert sandbox.ask_json("artist.getInfo", artist="Fictional Band 0000")["error"] == 6


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        ({"method": "artist.getInfo", "artist": "Radiohead", "api_key": "invalid-key"}, 403, 10),
        ({"method": "artist.getInfo", "artist": "Radiohead", "api_key": "suspended-key"}, 403, 26),
        ({"method": "artist.getInfo", "artist": "Radiohead", "api_key": ""}, 400, 6),
        ({"method": "artist.getInfo"}, 400, 6),
        ({"method": "artist.getEverything", "artist": "Radiohead"}, 400, 3),
        ({"method": "artist.getInfo", "artist": "No Such Artist At All"}, 200, 6),
        ({"method": "album.getInfo", "artist": "Radiohead", "album": "No Such Album"}, 200, 6),
        ({"method": "track.getInfo", "artist": "Radiohead", "track": "No Such Track"}, 200, 6),
        ({"method": "user.getInfo", "user": "nobody_here"}, 404, 6),
        ({"method": "user.getRecentTracks", "user": "example_private"}, 403, 17),
        ({"method": "user.getRecentTracks", "user": "sandbox_listener", "limit": "1001"}, 400, 6),
        ({"method": "user.getRecentTracks", "user": "sandbox_listener", "limit": "0"}, 400, 6),
        ({"method": "user.getRecentTracks", "user": "sandbox_listener", "page": "0"}, 400, 6),
        ({"method": "user.getRecentTracks", "user": "sandbox_listener", "page": "²"}, 400, 6),
    ],
)
def test_errors_have_their_code_in_the_body_and_their_own_status(sandbox, ask, status, code):
    as_json, as_xml = sandbox.ask(**ask, format="json"), sandbox.ask(**ask)

    assert (as_json.status_code, as_json.json()["error"]) == (status, code)
    assert as_xml.status_code == status
    assert f'<lfm status="failed">\n  <error code="{code}">' in as_xml.text


def test_address_outside_the_service_is_not_found(sandbox):
    assert sandbox.client.get("/lastfm/3.0/").status_code == 404
    assert sandbox.client.get("/nobody/").status_code == 404
