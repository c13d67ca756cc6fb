"""Has the simulated Spotify the habits of the real one?"""

import pytest

RADIOHEAD, HALCYON = "4Z8W4fKeB5YxbusRsdQVPb", "2pvfGvbL4mouaDY9ZSwUmv"
PAIR = ("sandbox-client", "sandbox-secret")
GRANT = {"grant_type": "client_credentials"}
REMOVED = {"followers", "genres", "popularity"}


def take_token(sandbox) -> str:
    token: str = sandbox.client.post("/spotify-accounts/api/token", data=GRANT, auth=PAIR).json()["access_token"]
    return token


@pytest.fixture
def ask(sandbox):
    headers = {"Authorization": f"Bearer {take_token(sandbox)}"}

    def _ask(path: str, **params: object):
        return sandbox.client.get(f"/spotify/v1/{path}", params=params, headers=headers)

    return _ask


@pytest.fixture
def extended(sandbox) -> None:
    sandbox.client.put("/_sandbox/spotify", json={"profile": "extended"})


def test_right_pair_gets_a_token_for_an_hour(sandbox):
    by_header = sandbox.client.post("/spotify-accounts/api/token", data=GRANT, auth=PAIR)
    by_form = sandbox.client.post("/spotify-accounts/api/token", data={**GRANT, "client_id": PAIR[0], "client_secret": PAIR[1]})

    assert by_header.json().keys() == {"access_token", "token_type", "expires_in"}
    assert (by_form.status_code, by_form.json()["expires_in"]) == (200, 3600)


def test_wrong_pair_and_no_pair_are_refused(sandbox):
    wrong = sandbox.client.post("/spotify-accounts/api/token", data=GRANT, auth=("sandbox-client", "else"))
    missing = sandbox.client.post("/spotify-accounts/api/token", data=GRANT)

    assert (wrong.status_code, wrong.json()["error_description"]) == (400, "Invalid client")
    assert (missing.status_code, missing.json()) == (400, {"error": "invalid_client"})


def test_no_token_a_made_up_one_and_an_expired_one_are_refused(sandbox):
    sandbox.client.put("/_sandbox/spotify", json={"token_seconds": 0})
    expired = take_token(sandbox)

    answers = [
        sandbox.client.get(f"/spotify/v1/artists/{RADIOHEAD}", headers=headers)
        for headers in ({}, {"Authorization": "Bearer made-up"}, {"Authorization": f"Bearer {expired}"})
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert "invalid_token" in answers[0].headers["www-authenticate"]


def test_development_mode_artist_is_reduced(ask):
    artist = ask(f"artists/{HALCYON}").json()

    assert artist["name"] == "Halcyon Relay"
    assert artist.keys() & REMOVED == set()


def test_extended_quota_artist_is_whole(ask, extended):
    artist = ask(f"artists/{HALCYON}").json()

    assert (artist["followers"]["total"], artist["popularity"]) == (96214, 41)
    assert artist["genres"] == ["electronic", "ambient", "downtempo"]


def test_albums_come_ten_at_a_time_and_next_leads_through_all_of_them(ask, sandbox):
    page = ask(f"artists/{HALCYON}/albums", limit=10).json()
    headers = {"Authorization": f"Bearer {take_token(sandbox)}"}
    ids = [album["id"] for album in page["items"]]

    while page["next"]:
        page = sandbox.client.get(page["next"], headers=headers).json()
        ids += [album["id"] for album in page["items"]]

    assert len(set(ids)) == len(ids) == page["total"] > 15
    assert ask(f"artists/{HALCYON}/albums", limit=11).json()["error"]["message"] == "Invalid limit"


def test_groups_choose_between_albums_and_singles(ask):
    albums = ask(f"artists/{HALCYON}/albums", include_groups="album", limit=10).json()["items"]
    singles = ask(f"artists/{HALCYON}/albums", include_groups="single", limit=10).json()["items"]
    compilations = ask(f"artists/{HALCYON}/albums", include_groups="compilation").json()

    assert {album["album_type"] for album in albums} == {"album"}
    assert {album["album_type"] for album in singles} == {"single"}
    assert (compilations["items"], compilations["total"]) == ([], 0)
    dates = [album["release_date"] for album in albums]
    assert dates == sorted(dates, reverse=True)


def test_album_has_a_barcode_and_its_label_only_with_extended_quota(ask, sandbox):
    listed = ask(f"artists/{HALCYON}/albums").json()["items"][0]
    reduced = ask(f"albums/{listed['id']}").json()
    sandbox.client.put("/_sandbox/spotify", json={"profile": "extended"})

    whole = ask(f"albums/{listed['id']}").json()

    assert reduced.keys() & {"label", "popularity", "available_markets", "album_group"} == set()
    assert whole["label"] == "Meridian Static"
    assert reduced["external_ids"] == whole["external_ids"]
    assert len(reduced["external_ids"]["upc"]) == 12
    assert reduced["tracks"]["total"] == reduced["total_tracks"] > 0


def test_first_hit_for_queen_is_the_one_with_75_followers(ask, extended):
    hits = ask("search", q='artist:"Queen"', type="artist").json()["artists"]["items"]

    assert hits[0]["followers"]["total"] == 75
    assert "1dfeR4HaWDbWqFHLkxsg1d" in {hit["id"] for hit in hits}


def test_search_finds_albums_of_an_artist_and_by_barcode(ask):
    found = ask("search", q="album:Signal Gardens artist:Halcyon Relay", type="album").json()["albums"]["items"]
    upc = ask(f"albums/{found[0]['id']}").json()["external_ids"]["upc"]

    by_barcode = ask("search", q=f"upc:{upc}", type="album").json()["albums"]["items"]

    assert {album["name"].split(" (")[0] for album in found} == {"Signal Gardens"}
    assert [album["id"] for album in by_barcode] == [found[0]["id"]]


def test_album_alone_has_tracks_pictures_dates_and_rights(ask, sandbox):
    title = {"album": "Signal Gardens", "artist": "Halcyon Relay"}
    hit = ask("search", q=" ".join(f'{key}:"{value}"' for key, value in title.items()), type="album").json()["albums"]["items"][
        -1
    ]

    album = ask(f"albums/{hit['id']}").json()

    assert (album["name"], album["release_date"], album["release_date_precision"]) == ("Signal Gardens", "2019-01-25", "day")
    assert [image["width"] for image in album["images"]] == [640, 300, 64]
    assert all(image["url"].startswith("https://i.scdn.co/image/") for image in album["images"])
    assert [row["type"] for row in album["copyrights"]] == ["C", "P"]
    assert album["genres"] == []
    assert [track["track_number"] for track in album["tracks"]["items"]] == list(range(1, album["total_tracks"] + 1))
    assert album["tracks"]["next"] is None
    assert album["tracks"]["items"][0]["duration_ms"] == 419_000


def test_precision_tells_how_much_of_the_date_is_known(ask):
    items = ask(f"artists/{HALCYON}/albums", include_groups="single", limit=10).json()["items"]

    assert {(len(item["release_date"]), item["release_date_precision"]) for item in items} == {(7, "month")}


def test_tracks_of_a_long_album_are_on_two_discs_and_paged(ask):
    wall = ask("search", q='album:"The Wall" artist:"Pink Floyd"', type="album").json()["albums"]["items"][0]

    album = ask(f"albums/{wall['id']}").json()
    page = ask(f"albums/{wall['id']}/tracks", limit=10, offset=10).json()

    numbers = [(track["disc_number"], track["track_number"]) for track in album["tracks"]["items"]]
    assert numbers == [(disc, place) for disc in (1, 2) for place in range(1, 14)]
    assert [track["id"] for track in page["items"]] == [track["id"] for track in album["tracks"]["items"][10:20]]
    assert (page["total"], page["next"] is None) == (26, False)
    assert ask(f"albums/{'0' * 22}/tracks").status_code == 404


def test_found_albums_name_their_artists_and_a_shared_title_those_of_both(ask):
    found = ask("search", q='album:"Signal Gardens"', type="album", limit=10).json()["albums"]["items"]
    narrowed = ask("search", q='album:"Signal Gardens" artist:"Paper Quarry"', type="album", limit=10).json()["albums"]["items"]

    exact = [album for album in found if album["name"] == "Signal Gardens"]
    assert {album["artists"][0]["name"] for album in exact} == {"Halcyon Relay", "Paper Quarry"}
    assert all(len(album["images"]) == 3 and album["album_type"] == "album" and album["artists"][0]["id"] for album in found)
    assert [album["artists"][0]["name"] for album in narrowed] == ["Paper Quarry"]


def test_search_without_a_hit_is_an_empty_page(ask):
    page = ask("search", q="duifhjslkef", type="artist").json()["artists"]

    assert (page["items"], page["total"], page["next"], page["limit"]) == ([], 0, None, 5)


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("artists/short", 400, "Invalid base62 id"),
        (f"artists/{'0' * 22}", 404, "Resource not found"),
        (f"albums/{'0' * 22}", 404, "Resource not found"),
        (f"artists?ids={RADIOHEAD}", 403, "Forbidden"),
        (f"albums?ids={RADIOHEAD}", 403, "Forbidden"),
        (f"artists/{RADIOHEAD}/related-artists", 403, "Forbidden"),
        ("search?q=x&type=artist&limit=50", 400, "Invalid limit"),
        ("search?type=artist", 400, "No search query"),
    ],
)
def test_refusals_are_spotifys_own(ask, path, status, message):
    answer = (
        ask(path) if "?" not in path else ask(path.split("?")[0], **dict(p.split("=") for p in path.split("?")[1].split("&")))
    )

    assert (answer.status_code, answer.json()) == (status, {"error": {"status": status, "message": message}})


def test_batches_with_extended_quota_have_null_for_the_unknown(ask, extended):
    artists = ask("artists", ids=f"{RADIOHEAD},{'0' * 22}").json()["artists"]

    assert artists[0]["name"] == "Radiohead"
    assert artists[1] is None


def test_limit_answers_with_the_retry_after_that_was_set(ask, sandbox):
    sandbox.client.put("/_sandbox/spotify", json={"retry_after": 79892})
    sandbox.client.put("/_sandbox/limits", json={"spotify": {"per_second": 0.02, "window_seconds": 60}})

    first, second = ask(f"artists/{RADIOHEAD}"), ask(f"artists/{RADIOHEAD}")

    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers["retry-after"] == "79892"


def test_scripted_quota_error_carries_the_wanted_retry_after_once(ask, sandbox):
    fault = {"kind": "spotify_error", "code": "quota", "retry_after": 79892}
    sandbox.script({"provider": "spotify", "times": 1, "fault": fault})

    answer = ask(f"artists/{RADIOHEAD}")

    assert answer.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert answer.headers.get_list("retry-after") == ["79892"]


def test_unknown_setting_or_value_is_refused_and_nothing_changes(sandbox):
    answers = [
        sandbox.client.put("/_sandbox/spotify", json=body)
        for body in ({"profile": "premium"}, {"colour": "green"}, {"profile": "extended", "retry_after": -1})
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert sandbox.control("spotify")["profile"] == "devmode2026"
