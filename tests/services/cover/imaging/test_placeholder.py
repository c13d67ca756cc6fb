import io
import time

import pytest
from PIL import Image

from services.cover.imaging.placeholder import GROUNDS, INK, Placeholders, ground_of, initials


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Miles Davis", "MD"),
        ("The Quiet Engines", "QE"),
        ("Prince", "P"),
        ("The The", "TT"),
        ("A", "A"),
        ("Kind of Blue", "KB"),
        ("Guns N' Roses", "GR"),
        ("AC/DC", "AD"),
        ("Mörk & Søn", "MS"),
        ("Ørsted Łódź", "OL"),
        ("N\u0303andu\u0301", "N"),
        ("65daysofstatic", "6"),
        ("(What's the Story) Morning Glory?", "WG"),
        ("Пыль", ""),
        ("夜の駅", ""),
        ("Blur Пыль", ""),
        ("!!!", ""),
        ("", ""),
        ("\ud800\u202e", ""),
        ("²", ""),
        ("ß", "S"),
        ("x" * 100_000, "X"),
    ],
)
def test_initials_are_of_the_words_that_tell(name: str, shown: str):
    assert initials(name) == shown


def luminance(colour: tuple[int, int, int]) -> float:
    """As WCAG 2 reckons it."""
    parts = [each / 255 for each in colour]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_ink_stands_out_from_every_ground(ground: tuple[int, int, int]):
    lighter, darker = sorted((luminance(INK), luminance(ground)), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_colour_goes_with_the_key_and_is_the_same_every_time():
    grounds = [ground_of(f"artists/{number}") for number in range(500)]

    assert set(grounds) == set(range(len(GROUNDS)))
    assert grounds == [ground_of(f"artists/{number}") for number in range(500)]
    assert ground_of("artists/7c3e") == 3


@pytest.mark.parametrize("name", ["Miles Davis", "夜の駅"])
@pytest.mark.parametrize("size", [150, 300, 600, 1200])
def test_it_is_a_small_square_of_two_colours_with_something_in_its_middle(name: str, size: int):
    content = Placeholders().draw(name, "k", size)

    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.size == (size, size)
    assert len(content) < 20_000
    assert picture.getpixel((1, 1)) == GROUNDS[ground_of("k")]
    middle = picture.crop((size // 4, size // 4, size * 3 // 4, size * 3 // 4))
    assert INK in [colour for _, colour in middle.getcolors(10_000) or []]
    assert not {INK} & {colour for _, colour in picture.crop((0, 0, size, size // 5)).getcolors(10_000) or []}


@pytest.mark.parametrize(("asked", "drawn"), [(0, 16), (-5, 16), (10**9, 1200)])
def test_no_size_is_absurd(asked: int, drawn: int):
    assert Image.open(io.BytesIO(Placeholders().draw("A", "k", asked))).size == (drawn, drawn)


def test_what_was_drawn_is_kept_within_its_bytes():
    placeholders = Placeholders(max_bytes=30_000)

    first = placeholders.draw("Miles Davis", "k", 600)
    again = placeholders.draw("Max Duke", "k", 600)
    for number in range(100):
        placeholders.draw(f"{chr(65 + number % 26)} {chr(65 + number // 26)}", str(number), 300)

    assert again is first
    assert 0 < placeholders._drawn.currsize <= 30_000


def test_one_that_is_larger_than_all_that_is_kept_is_drawn_all_the_same():
    assert Placeholders(max_bytes=10).draw("A", "k", 300).startswith(b"\x89PNG")


def test_drawing_takes_no_time_that_anybody_notices():
    Placeholders().draw("Warm", "up", 600)
    times = []

    for number in range(20):
        began = time.thread_time()
        Placeholders().draw("Miles Davis", str(number), 600)
        times.append(time.thread_time() - began)

    assert sorted(times)[10] < 0.03
