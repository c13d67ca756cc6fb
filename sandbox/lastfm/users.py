"""What does Last.fm answer about listeners and what they played?"""

from datetime import UTC, datetime
from functools import lru_cache

from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import Element
from sandbox.lastfm.errors import LastfmError, build_error
from sandbox.lastfm.parts import STAR, album_image, build_images, build_leaf, format_url, music_url
from sandbox.listeners.accounts import Account, Accounts
from sandbox.listeners.history import Played

_REMEMBERED_TRACKS = 8192
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class UserMethods:
    """The methods whose names begin with `user.`."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        # A page holds a thousand rows and a history the same few thousand tracks: only the date differs.
        self._describe = lru_cache(maxsize=_REMEMBERED_TRACKS)(_describe)

    def get_info(self, ask: Ask) -> Element:
        """Answers with the counts of an account; an unset country is the text None."""
        account = self._find(ask)
        artists, albums, tracks = account.history.count_distinct()
        return Element(
            "user",
            children=(
                build_leaf("name", account.name),
                build_leaf("realname", ""),
                *build_images("" if account.country == "None" else f"{'0' * 32}.png", has_mega=False),
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

    def get_recent_tracks(self, ask: Ask) -> Element:
        """Answers with a page of plays, newest first, `from` included and `to` not; what plays now comes on top of every page."""
        account = self._find(ask)
        if account.is_private:
            raise build_error(17)
        size, number = ask.read_bounded("limit", 50), ask.read_bounded("page", 1)
        page = account.history.read_page(number, size, since=ask.read_second("from"), until=ask.read_second("to"))
        is_extended = ask.params.get("extended") == "1"
        playing = [self._row(account.playing, None, is_extended=is_extended)] if account.playing else []
        rows = [self._row(played, second, is_extended=is_extended) for second, played in page.plays]
        return Element(
            "recenttracks",
            attributes={
                "user": account.name,
                "page": str(number),
                "perPage": str(size),
                "totalPages": str(-(-page.total // size)),
                "total": str(page.total),
            },
            children=(*playing, *rows),
            items="track",
        )

    def _row(self, played: Played, second: int | None, *, is_extended: bool) -> Element:
        described = self._describe(played, is_extended=is_extended)
        if second is None:
            return Element("track", attributes={"nowplaying": "true"}, children=described)
        date = Element("date", _format_time(second), {"uts": str(second)})
        return Element("track", children=(*described, date))

    def _find(self, ask: Ask) -> Account:
        account = self._accounts.find(ask.need("user"))
        if account is None:
            raise LastfmError(6, "User not found", 404)
        return account


def _describe(played: Played, *, is_extended: bool) -> tuple[Element, ...]:
    return (
        *(_extended_artist(played) if is_extended else _artist(played)),
        build_leaf("name", played.track),
        build_leaf("streamable", 0),
        build_leaf("mbid", played.track_mbid),
        Element("album", played.album, {"mbid": played.album_mbid}),
        build_leaf("url", music_url(played.artist, "_", played.track)),
        *build_images(album_image(played.artist, played.album) if played.album else "", has_mega=False),
    )


def _artist(played: Played) -> tuple[Element, ...]:
    return (Element("artist", played.artist, {"mbid": played.artist_mbid}),)


def _extended_artist(played: Played) -> tuple[Element, ...]:
    # With extended=1 the artist's identifier is empty even where the plain answer has it.
    children = (
        build_leaf("name", played.artist),
        build_leaf("mbid", ""),
        build_leaf("url", music_url(played.artist)),
        *build_images(STAR, has_mega=False),
    )
    return Element("artist", children=children), build_leaf("loved", 0)


def _format_time(second: int) -> str:
    at = datetime.fromtimestamp(second, UTC)
    return f"{at.day:02} {_MONTHS[at.month - 1]} {at.year}, {at.hour:02}:{at.minute:02}"
