"""What did a listener play lately? Pages of a history, written as cheaply as they are often asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import orjson

from sandbox.lastfm.asking import Ask
from sandbox.lastfm.element import Element, escape_slashes, format_value
from sandbox.lastfm.errors import HEADERS, JSON, LastfmError, build_error
from sandbox.lastfm.parts import STAR, album_image, build_images, build_leaf, music_url
from sandbox.lastfm.poison import KNOBS as POISON
from sandbox.lastfm.poison import find_failure
from sandbox.lastfm.writing import write_answer
from sandbox.listeners.accounts import Account, Accounts
from sandbox.listeners.history import Page, Played
from sandbox.settings import Knob, Settings
from sandbox.wire import Answer

KNOBS: Mapping[str, Knob] = MappingProxyType({**POISON, "page_seconds": Knob(0), "largest_page": Knob(1000)})
_USUAL_SIZE = 50
_REMEMBERED_TITLES, _REMEMBERED_DAYS = 16_384, 16_384
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))


@dataclass(frozen=True, slots=True)
class Recent:
    """One page as it was asked for."""

    account: Account
    number: int
    size: int
    page: Page
    is_extended: bool
    images: str

    def attributes(self) -> dict[str, str]:
        """Tells whose page it is and how many there are."""
        return {
            "user": self.account.name,
            "page": str(self.number),
            "perPage": str(self.size),
            "totalPages": str(-(-self.page.total // self.size)),
            "total": str(self.page.total),
        }


class RecentTracks:
    """The method `user.getRecentTracks`; `settings` may poison plays and set the largest page."""

    def __init__(self, accounts: Accounts, settings: Settings) -> None:
        self._accounts = accounts
        self._settings = settings
        # A page holds a thousand rows and a history the same few thousand tracks: only the date differs.
        self._describe = lru_cache(maxsize=_REMEMBERED_TITLES)(_describe)
        self._begin_row = lru_cache(maxsize=_REMEMBERED_TITLES)(self._write_row_without_date)
        self._format_day = lru_cache(maxsize=_REMEMBERED_DAYS)(_format_day)

    def answer(self, ask: Ask) -> Answer:
        """Answers with a page of plays, newest first, `from` included and `to` not; what plays now comes on top of every page."""
        recent = self.read(ask)
        failure = find_failure(recent.page, self._settings, as_json=ask.wants_json)
        if failure:
            return failure
        if ask.wants_json:
            return Answer(self.write_json(recent), JSON, headers=HEADERS)
        return write_answer(self.build(recent), as_json=False)

    def read(self, ask: Ask) -> Recent:
        """Reads the page that is asked for; raises Last.fm's errors."""
        account = find_account(self._accounts, ask)
        if account.is_private:
            raise build_error(17)
        most = int(self._settings.number("largest_page"))
        size, number = ask.read_bounded("limit", _USUAL_SIZE, most=most), ask.read_page()
        page = account.history.read_page(number, size, since=ask.read_second("from"), until=ask.read_second("to"))
        return Recent(account, number, size, page, ask.params.get("extended") == "1", ask.images)

    def build(self, recent: Recent) -> Element:
        """Builds the page for any format."""
        images, is_extended = recent.images, recent.is_extended
        described = [(second, self._describe(played, images, is_extended=is_extended)) for second, played in recent.page.plays]
        rows = [Element("track", children=(*parts, self._date(second))) for second, parts in described]
        playing = self._playing(recent)
        children = (playing, *rows) if playing else tuple(rows)
        return Element("recenttracks", attributes=recent.attributes(), children=children, items="track")

    def write_json(self, recent: Recent) -> bytes:
        """Writes byte for byte what `format_json` writes of `build`, from rows that are written already but for the date."""
        begin, images, extended, day = self._begin_row, recent.images, recent.is_extended, self._format_day
        rows = [
            begin(played, images, extended)
            + f',"date":{{"uts":"{second}","#text":"{day(second // _DAY_SECONDS)}, {_minute(second)}"}}}}'.encode()
            for second, played in recent.page.plays
        ]
        playing = self._playing(recent)
        if playing:
            rows.insert(0, format_value(playing))
        attributes = b',"@attr":' + escape_slashes(orjson.dumps(recent.attributes())) + b"}}"
        if not rows:
            return b'{"recenttracks":{"track":[]' + attributes
        opening, closing = (b"", b"") if len(rows) == 1 else (b"[", b"]")
        # One join makes the page: every further copy of a megabyte costs as much as all of its rows.
        rows[0] = b'{"recenttracks":{"track":' + opening + rows[0]
        rows[-1] += closing + attributes
        return b",".join(rows)

    def _playing(self, recent: Recent) -> Element | None:
        played = recent.account.playing
        if played is None:
            return None
        described = self._describe(played, recent.images, is_extended=recent.is_extended)
        return Element("track", attributes={"nowplaying": "true"}, children=described)

    def _date(self, second: int) -> Element:
        text = f"{self._format_day(second // _DAY_SECONDS)}, {_minute(second)}"
        return Element("date", text, {"uts": str(second)})

    def _write_row_without_date(
        self,
        played: Played,
        images: str,
        is_extended: bool,  # noqa: FBT001 - quicker to look up than a name
    ) -> bytes:
        described = self._describe(played, images, is_extended=is_extended)
        return format_value(Element("track", children=described)).removesuffix(b"}")


def find_account(accounts: Accounts, ask: Ask) -> Account:
    """Finds the account `user`; raises error 6."""
    account = accounts.find(ask.need("user"))
    if account is None:
        raise LastfmError(6, "User not found", 404)
    return account


def _describe(played: Played, images: str, *, is_extended: bool) -> tuple[Element, ...]:
    return (
        *(_extended_artist(played, images) if is_extended else _artist(played)),
        build_leaf("name", played.track),
        build_leaf("streamable", 0),
        build_leaf("mbid", played.track_mbid),
        Element("album", played.album, {"mbid": played.album_mbid}),
        build_leaf("url", music_url(played.artist, "_", played.track)),
        *build_images(images, album_image(played.artist, played.album) if played.album else "", has_mega=False),
    )


def _artist(played: Played) -> tuple[Element, ...]:
    return (Element("artist", played.artist, {"mbid": played.artist_mbid}),)


def _extended_artist(played: Played, images: str) -> tuple[Element, ...]:
    # With extended=1 the artist's identifier is empty even where the plain answer has it.
    children = (
        build_leaf("name", played.artist),
        build_leaf("mbid", ""),
        build_leaf("url", music_url(played.artist)),
        *build_images(images, STAR, has_mega=False),
    )
    return Element("artist", children=children), build_leaf("loved", 0)


def _format_day(number: int) -> str:
    day = _EPOCH + timedelta(days=number)
    return f"{day.day:02} {_MONTHS[day.month - 1]} {day.year}"


def _minute(second: int) -> str:
    return _MINUTES[second % _DAY_SECONDS // 60]
