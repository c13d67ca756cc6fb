"""What does Last.fm answer about listeners?"""

from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import Element
from sandbox.lastfm.parts import build_images, build_leaf, format_url
from sandbox.lastfm.recent import find_account
from sandbox.listeners.accounts import Accounts


class UserMethods:
    """The methods whose names begin with `user.`, without `user.getRecentTracks`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def get_info(self, ask: Ask) -> Element:
        """Answers with the counts of an account; an unset country is the text None."""
        account = find_account(self._accounts, ask)
        artists, albums, tracks = account.history.count_distinct()
        return Element(
            "user",
            children=(
                build_leaf("name", account.name),
                build_leaf("realname", ""),
                *build_images(ask.images, "" if account.country == "None" else f"{'0' * 32}.png", has_mega=False),
                build_leaf("url", format_url("user", account.name)),
                build_leaf("country", account.country),
                build_leaf("age", 0),
                build_leaf("gender", "n"),
                build_leaf("subscriber", 0),
                build_leaf("playcount", len(account.history)),
                build_leaf("playlists", 0),
                build_leaf("bootstrap", 0),
                Element("registered", str(account.registered), {"unixtime": str(account.registered)}, is_number=True),
                build_leaf("type", "user"),
                build_leaf("artist_count", artists),
                build_leaf("album_count", albums),
                build_leaf("track_count", tracks),
            ),
        )
