"""Do the settings lead a system to every upstream of the sandbox?"""

import httpx
import pytest

from sandbox.environment import settings_for
from tests.sandbox.running import RunningSandbox

MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711"
AGENT = {"User-Agent": "SandboxTests/1.0 ( tests@example.org )", "Accept": "application/json"}


@pytest.fixture
def settings(sandbox: RunningSandbox) -> dict[str, str]:
    return settings_for(sandbox.url)


def take_token(settings: dict[str, str], client: httpx.Client) -> str:
    pair = settings["SPOTIFY_CLIENT_ID"], settings["SPOTIFY_CLIENT_SECRET"]
    address = f"{settings['SPOTIFY_ACCOUNTS_URL']}/api/token"
    token: str = client.post(address, data={"grant_type": "client_credentials"}, auth=pair).json()["access_token"]
    return token


def test_every_setting_has_its_name(settings):
    assert settings.keys() == {
        "LASTFM_API_KEY",
        "LASTFM_USERNAME",
        "LASTFM_URL",
        "LASTFM_IMAGES_URL",
        "SPOTIFY_CLIENT_ID",
        "SPOTIFY_CLIENT_SECRET",
        "SPOTIFY_API_URL",
        "SPOTIFY_ACCOUNTS_URL",
        "ENRICHMENT_APIFY_API_TOKEN",
        "APIFY_URL",
        "WIKIDATA_SPARQL_URL",
        "MUSICBRAINZ_URL",
        "COVERARTARCHIVE_URL",
        "COMMONS_URL",
        "DEEZER_URL",
        "LISTENBRAINZ_USERNAME",
        "LISTENBRAINZ_URL",
        "EURIA_URL",
        "EURIA_TOKEN",
        "EURIA_MODEL",
        "UPSTREAM_TRUSTED_HOSTS",
    }


def test_last_fm_and_the_brainzes_answer_where_the_settings_say(sandbox, settings):
    asked = {"method": "artist.getInfo", "mbid": MBID, "api_key": settings["LASTFM_API_KEY"]}

    answers = [
        sandbox.client.post(settings["LASTFM_URL"], data=asked),
        sandbox.client.get(f"{settings['MUSICBRAINZ_URL']}/artist/{MBID}", headers=AGENT),
        sandbox.client.post(f"{settings['LISTENBRAINZ_URL']}/1/popularity/artist", json={"artist_mbids": [MBID]}),
        sandbox.client.get(settings["WIKIDATA_SPARQL_URL"], params={"query": "SELECT ?e { ?e wdt:P434 ?m }"}, headers=AGENT),
    ]

    assert [answer.status_code for answer in answers] == [200] * 4


def test_those_who_have_pictures_answer_where_the_settings_say(sandbox, settings):
    release = sandbox.control("pictures?name=Radiohead")["artists"][0]["releases"][0]["group_mbid"]
    asked = {"action": "query", "prop": "imageinfo", "titles": "File:Nobody.jpg", "format": "json"}

    answers = [
        sandbox.client.get(f"{settings['COVERARTARCHIVE_URL']}/release-group/{release}/front-250"),
        sandbox.client.get(settings["COMMONS_URL"], params=asked, headers=AGENT),
        sandbox.client.get(f"{settings['DEEZER_URL']}/search/artist", params={"q": "Radiohead"}),
    ]

    assert [answer.status_code for answer in answers] == [307, 200, 200]
    assert ("query" in answers[1].json(), answers[2].json()["total"]) == (True, 1)


def test_listeners_of_the_settings_have_the_same_history_on_both_services(sandbox, settings):
    asked = {
        "method": "user.getInfo",
        "user": settings["LASTFM_USERNAME"],
        "api_key": settings["LASTFM_API_KEY"],
        "format": "json",
    }

    plays = sandbox.client.post(settings["LASTFM_URL"], data=asked).json()["user"]["playcount"]
    listens = sandbox.client.get(f"{settings['LISTENBRAINZ_URL']}/1/user/{settings['LISTENBRAINZ_USERNAME']}/listen-count").json()

    assert 0 < int(plays) <= listens["payload"]["count"]


def test_spotify_and_apify_accept_the_credentials_of_the_settings(sandbox, settings):
    token = take_token(settings, sandbox.client)
    actor = f"{settings['APIFY_URL']}/acts/augeas~spotify-monthly-listeners/run-sync-get-dataset-items"

    artist = sandbox.client.get(
        f"{settings['SPOTIFY_API_URL']}/artists/2pvfGvbL4mouaDY9ZSwUmv", headers={"Authorization": f"Bearer {token}"}
    )
    run = sandbox.client.post(actor, json={}, headers={"Authorization": f"Bearer {settings['ENRICHMENT_APIFY_API_TOKEN']}"})

    assert (artist.json()["name"], run.status_code) == ("Halcyon Relay", 201)


def test_model_of_the_settings_is_on_the_list_and_answers(sandbox, settings):
    headers = {"Authorization": f"Bearer {settings['EURIA_TOKEN']}"}
    body = {"model": settings["EURIA_MODEL"], "messages": [{"role": "user", "content": "- title: Kid A"}]}

    models = sandbox.client.get(f"{settings['EURIA_URL']}/models", headers=headers).json()["data"]
    answer = sandbox.client.post(f"{settings['EURIA_URL']}/chat/completions", json=body, headers=headers)

    assert settings["EURIA_MODEL"] in {row["id"] for row in models}
    assert answer.json()["choices"][0]["message"]["content"] == "title Kid A."
