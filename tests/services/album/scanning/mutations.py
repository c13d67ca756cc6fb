"""Files of every container, damaged at random, the same ones for the same seed."""

import random
import struct
from collections.abc import Iterator

from tests.fakes.music_folder import CONTAINERS, JPEG, PNG, Song, audio, bomb

_NUMBERS = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF]
_SONG = Song("Title", "Artist", "Album", "Somebody", 3, 12, 1, "1997-06-16", ("Rock", "Jazz"), picture=PNG + JPEG)
_ONE_IN = 500


def mutated(count: int, seed: int, *, bomb_one_in: int = _ONE_IN) -> Iterator[tuple[str, bytes]]:
    """So many (suffix, content)."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    whole = {suffix: audio(suffix, _SONG) for suffix in CONTAINERS}
    for number in range(count):
        suffix = CONTAINERS[number % len(CONTAINERS)]
        if number % bomb_one_in == bomb_one_in - 1:
            yield ".mp3", bomb(300 + chance.randrange(2) * 100, chance.choice((3, 4)))
            continue
        content = bytearray(whole[suffix])
        for _ in range(chance.choice((1, 1, 2, 8, 40))):
            _damage(content, chance)
        yield (chance.choice(CONTAINERS) if chance.random() < 0.05 else suffix), bytes(content)


def _damage(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) or 1)
    near = min(chance.randrange(64), len(content))
    match chance.randrange(7):
        case 0 if content:
            content[at] ^= 1 << chance.randrange(8)
        case 1:
            del content[at:]
        case 2:  # a lying size, often where sizes are
            width = chance.choice((1, 2, 3, 4, 8))
            number = struct.pack(">Q", chance.choice(_NUMBERS))[-width:]
            where = chance.choice((at, near))
            content[where : where + width] = number if chance.random() < 0.5 else number[::-1]
        case 3:
            del content[at : at + chance.randrange(64)]
        case 4:
            content[at:at] = content[near : near + chance.randrange(200)]
        case 5:
            content[at:at] = chance.randbytes(chance.randrange(64))
        case _:
            content[at:at] = bytes(chance.choice((1, 16, 4096)))
