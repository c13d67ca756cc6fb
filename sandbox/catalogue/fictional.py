"""Artists made up from their number, so that load runs have thousands of them: "Fictional Band 0001" to "Fictional Band 2000"."""

import random
import re

from sandbox.catalogue.model import Album, Artist, Similar, Track
from sandbox.catalogue.reading import make_up_mbid

BANDS = 2000
_NAME = re.compile(r"fictional band (\d{4})", re.IGNORECASE)
_TAGS = ("rock", "indie", "electronic", "jazz", "ambient", "folk", "post-punk", "shoegaze", "dub", "house", "soul", "metal")
_PLACES = ("Bristol", "Lyon", "Reykjavík", "Osaka", "Lagos", "Lisbon", "Montréal", "Leipzig")
_WORDS = ("Glass", "Harbour", "Night", "Paper", "River", "Signal", "Winter", "Orchard", "Lantern", "Static", "Mirror", "Salt")


def find_fictional(name: str) -> Artist | None:
    """Makes up the artist of that name; None for a name outside the numbered bands."""
    found = _NAME.fullmatch(name.strip())
    number = int(found[1]) if found else 0
    return _make_band(number) if 1 <= number <= BANDS else None


def fictional_name(number: int) -> str:
    """Writes a band's name; numbers beyond either end wrap around."""
    return f"Fictional Band {(number - 1) % BANDS + 1:04}"


def _make_band(number: int) -> Artist:
    name = fictional_name(number)
    chance = random.Random(name)  # noqa: S311 - reproducible, not secret
    tags = chance.sample(_TAGS, 6)
    place, year = chance.choice(_PLACES), chance.randint(1965, 2015)
    listeners = chance.randint(1_000, 900_000)
    return Artist(
        name=name,
        mbid=make_up_mbid(name),
        is_fictional=True,
        country="",
        founded=str(year),
        listeners=listeners,
        playcount=listeners * chance.randint(5, 60),
        tags=dict(zip(tags, (100, 74, 51, 33, 20, 8), strict=True)),
        similar=tuple(Similar(fictional_name(number + step), match) for step, match in enumerate((1, 0.81, 0.66, 0.5, 0.31), 1)),
        biographies={
            "en": f"{name} is a {tags[0]} group from {place}, formed in {year}. It exists only in this sandbox.",
            "fr": f"{name} est un groupe de {tags[0]} de {place}, formé en {year}. Il n'existe que dans ce bac à sable.",
        },
        bio_published="02 Mar 2009, 10:11",
        albums=tuple(_make_album(name, index, year, tags, chance) for index in range(3)),
    )


def _make_album(artist: str, index: int, year: int, tags: list[str], chance: random.Random) -> Album:
    title = f"{' '.join(chance.sample(_WORDS, 2))} {index + 1}"
    tracks = [f"{first} {second}" for first, second in zip(chance.sample(_WORDS, 10), chance.sample(_WORDS, 10), strict=True)]
    listeners = chance.randint(500, 90_000)
    return Album(
        title=title,
        mbid=make_up_mbid(artist, title),
        is_mbid_real=False,
        released=str(year + 1 + 2 * index),
        label="Fictional Records",
        listeners=listeners,
        playcount=listeners * 12,
        tags=dict.fromkeys(tags[:3], 50),
        tracks=tuple(
            Track(f"{track}, Part {place}", chance.randint(95, 480), make_up_mbid(artist, title, track, str(place)))
            for place, track in enumerate(tracks, 1)
        ),
    )
