"""The order of asking, and what one source's trouble means for the others."""

from datetime import UTC, datetime

import pytest

from kernel.errors import OwnFault
from services.cover.chain import Chain, Sources
from services.cover.domain import (
    CoverRef,
    Grade,
    Image,
    ImageId,
    Kind,
    NoPicture,
    Outcome,
    Picture,
    Shown,
    SourceName,
    Subject,
)
from services.cover.house import Completed
from services.cover.imaging.looks import Rejected

EMBEDDED, LOCAL, CAA, LASTFM = SourceName.EMBEDDED, SourceName.LOCAL, SourceName.COVERARTARCHIVE, SourceName.LASTFM
SUBJECT = Subject(CoverRef(Kind.ALBUM, "00000000-0000-4000-8000-00000000000a"), "Blue")
IMAGE = Image(ImageId("a" * 64), 100, 100, "image/jpeg", "#000000", "", (100,), 1)
NONE = NoPicture(Outcome.MISS, "It has none.")


class Source:
    """Answers what it is given, or raises it."""

    def __init__(self, name, answer):
        self.name = name
        self._answer = answer

    def find(self, subject):
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Keeper:
    def __init__(self, trouble=None):
        self._trouble = trouble

    def keep(self, picture):
        if self._trouble is not None and picture.source is EMBEDDED:
            raise self._trouble
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return Shown(IMAGE.id, picture.source, picture.grade, picture.origin, "", "", picture.source, at), IMAGE


def picture(name, **held):
    found = Picture.of_bytes(name, Grade.OWN, b"x", "somewhere")
    for each, count in held.items():
        setattr(found, each, count)
    return found


def ask(answers, *, keeper=None, poisoned=()):
    """What came of it, by source."""
    on = {name: Source(name, answer) for name, answer in answers.items()}
    sources = Sources(on, {}, tuple(on))
    chain = Chain({Kind.ALBUM: sources}, keeper or Keeper(), lambda digest: digest in poisoned)
    result = chain.ask(SUBJECT, lambda subject: Completed(subject, is_whole=True), 0)
    return {each.source: each for each in result.asked.tried}, result.asked.found


def test_a_bug_in_one_source_is_a_fault_of_that_one_and_the_next_is_asked():
    tried, found = ask({CAA: KeyError("release"), LASTFM: picture(LASTFM)})

    assert (tried[CAA].outcome, tried[LASTFM].outcome) == (Outcome.FAULT, Outcome.HIT)
    assert "release" not in tried[CAA].reason
    assert found.source is LASTFM


def test_what_is_wrong_with_us_says_nothing_about_the_picture():
    with pytest.raises(OwnFault):
        ask({EMBEDDED: picture(EMBEDDED)}, keeper=Keeper(OwnFault("No room.")))


def test_pictures_that_cannot_be_shown_were_not_taken_out_of_their_files():
    tried, found = ask({EMBEDDED: picture(EMBEDDED, held=3, taken=3), LOCAL: NONE}, keeper=Keeper(Rejected("It is damaged.")))

    assert (tried[EMBEDDED].outcome, tried[EMBEDDED].held, tried[EMBEDDED].taken) == (Outcome.REJECTED, 3, 0)
    assert found is None


def test_what_is_everybodys_gives_way_to_the_next_source():
    tried, found = ask({EMBEDDED: picture(EMBEDDED, held=3, taken=3), LOCAL: picture(LOCAL)}, poisoned={EMBEDDED})

    assert (tried[EMBEDDED].outcome, tried[EMBEDDED].held, tried[EMBEDDED].taken) == (Outcome.REJECTED, 3, 0)
    assert found.source is LOCAL
