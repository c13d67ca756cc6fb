import psutil
import pytest

from services.cover.imaging.looks import Rejected
from services.cover.imaging.workshop import Workshop
from tests.services.cover.imaging.conftest import LooksInto, in_memory, look_into
from tests.services.cover.imaging.pictures import encoded, quarters, refused

MEBIBYTE = 2**20
REFUSED = refused()


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_with_a_reason(look: LooksInto, name: str):
    make, reason = REFUSED[name]

    with pytest.raises(Rejected, match=reason) as told:
        look(make())

    assert not told.value.may_pass


def test_a_refused_picture_leaves_nothing_behind_in_the_workshop(workshop: Workshop):
    good = encoded(quarters(), "JPEG")
    pid = None

    for make, reason in REFUSED.values():
        with pytest.raises(Rejected, match=reason):
            look_into(workshop, make())
        made = look_into(workshop, good)
        pid = pid or workshop._child.pid
        assert made.look.width == 320

    assert workshop._child.pid == pid  # none of them ended the program that reads pictures


def test_the_service_itself_never_holds_a_picture(workshop: Workshop):
    contents = [make() for make, _ in REFUSED.values()]
    look_into(workshop, encoded(quarters(1200, 1200), "PNG"))
    own = psutil.Process()
    before = most = own.memory_info().rss

    for content in contents:
        with pytest.raises(Rejected):
            look_into(workshop, content)
        most = max(most, own.memory_info().rss)

    assert most - before < 24 * MEBIBYTE  # a picture of 21 MB was in this process's memory when the test wrote it


def test_a_disk_that_fails_says_nothing_about_the_picture(workshop: Workshop, tmp_path):
    with (tmp_path / "picture").open("ab") as unreadable, in_memory() as output:
        unreadable.write(encoded(quarters(), "JPEG"))
        unreadable.flush()

        with pytest.raises(Rejected, match="disk failed") as told:
            workshop.look_into(unreadable.fileno(), [output])

    assert told.value.may_pass
