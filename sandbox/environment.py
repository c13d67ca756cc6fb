"""Which settings point a whole system at the sandbox instead of at the internet?"""

from urllib.parse import urlsplit


def settings_for(url: str) -> dict[str, str]:
    """Environment variables, by name; `url` is where the sandbox listens."""
    return {
        "LASTFM_API_KEY": "sandbox-key",
        "LASTFM_URL": f"{url}/lastfm/2.0/",
        "UPSTREAM_TRUSTED_HOSTS": urlsplit(url).netloc,
    }
