"""Which settings point a whole system at the sandbox instead of at the internet?"""

from urllib.parse import urlsplit

from sandbox.euria import PRODUCT, TOKEN
from sandbox.euria.answering import MODELS
from sandbox.listeners.accounts import LISTENER
from sandbox.spotify.accounts import CLIENT_ID, CLIENT_SECRET


def settings_for(url: str) -> dict[str, str]:
    """Environment variables, by name; `url` is where the sandbox listens."""
    return {
        "LASTFM_API_KEY": "sandbox-key",
        "LASTFM_USERNAME": LISTENER,
        "LASTFM_URL": f"{url}/lastfm/2.0/",
        "LASTFM_IMAGES_URL": f"{url}/lastfm-images/i/u",
        "SPOTIFY_CLIENT_ID": CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
        "SPOTIFY_API_URL": f"{url}/spotify/v1",
        "SPOTIFY_ACCOUNTS_URL": f"{url}/spotify-accounts",
        "ENRICHMENT_APIFY_API_TOKEN": "sandbox-token",
        "APIFY_URL": f"{url}/apify/v2",
        "WIKIDATA_SPARQL_URL": f"{url}/wikidata/sparql",
        "MUSICBRAINZ_URL": f"{url}/musicbrainz/ws/2",
        "COVERARTARCHIVE_URL": f"{url}/coverartarchive",
        "COMMONS_URL": f"{url}/commons/w/api.php",
        "DEEZER_URL": f"{url}/deezer",
        "LISTENBRAINZ_USERNAME": LISTENER,
        "LISTENBRAINZ_URL": f"{url}/listenbrainz",
        "EURIA_URL": f"{url}/euria/2/ai/{PRODUCT}/openai/v1",
        "EURIA_TOKEN": TOKEN,
        "EURIA_MODEL": MODELS[0],
        "UPSTREAM_TRUSTED_HOSTS": urlsplit(url).netloc,
    }
