import signal

import pytest

from scripts.stopping import Stopping

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _restored():
    before = {number: signal.getsignal(number) for number in NUMBERS}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, disposition in before.items():
        signal.signal(number, disposition)


def after(*numbers):
    stopping = Stopping()
    stopping.listen()
    for number in numbers:
        signal.raise_signal(number)
    return stopping


@pytest.mark.parametrize("number", NUMBERS)
def test_one_signal_asks_for_an_orderly_end(number):
    stopping = after(number)

    assert (stopping.is_asked(), stopping.is_urgent(), stopping.exit_status) == (True, False, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_is_a_hurry_and_names_the_exit_status(number):
    stopping = after(signal.SIGHUP, number)

    assert (stopping.is_urgent(), stopping.exit_status) == (True, 128 + number)


def test_a_terminal_that_closes_is_in_no_hurry_however_often_it_says_so():
    assert not after(signal.SIGHUP, signal.SIGHUP, signal.SIGHUP).is_urgent()


def test_nohup_shields_from_a_closing_terminal():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    assert not after(signal.SIGHUP).is_asked()
