"""What must hold of every provider, whatever it is asked and whatever it is answered?

A provider's test module subclasses `ProviderContract` (its name beginning with Test) and gives the one fixture `subject`; a fake
that has no wire subclasses `AnswerContract`; what is asked about no thing that may be absent, `WireContract`. Each case ends with
an answer or with exactly the fault named here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import (
    ProviderFault,
    ProviderMalformed,
    ProviderThrottled,
    ProviderTimeout,
    ProviderUnavailable,
)
from kernel.evidence import Absent, Found
from tests.fakes.servers import find_free_port

TIMEOUT = timedelta(seconds=1)
"""What a provider under test is given: the fixture `patience`, which is less where an answer is late on purpose."""
_LITTLE = timedelta(seconds=0.3)

_BAR = 4.0  # seconds; generous, since the machine is busy, and far below what the slow upstreams would take


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider under test, asked one thing in one way.

    `fail` scripts a fault of the sandbox for all its calls. `ask_at` asks another of its kind whose upstream is elsewhere.
    """

    provider: str
    ask_known: Callable[[], Any]
    ask_unknown: Callable[[], Any]
    fail: Callable[[Mapping[str, Any]], None]
    ask_at: Callable[[str], Any]


def fault_of(ask: Callable[[], Any], *, within: float = _BAR) -> ProviderFault:
    """The fault that asking ends with, in time."""
    began = time.monotonic()
    with pytest.raises(ProviderFault) as caught:
        ask()
    assert time.monotonic() - began < within
    return caught.value


class AnswerContract:
    """For everything that satisfies a provider's Protocol, with a wire or without."""

    def test_what_is_known_is_found_with_a_confidence_and_what_it_rests_on(self, subject: Subject) -> None:
        answer = subject.ask_known()

        assert isinstance(answer, Found)
        assert 0 < answer.confidence <= 1
        assert answer.matched_on

    def test_what_is_unknown_is_absent_with_a_reason(self, subject: Subject) -> None:
        answer = subject.ask_unknown()

        assert isinstance(answer, Absent)
        assert answer.reason


_MALFORMED: Mapping[str, Mapping[str, Any]] = {
    "html": {"kind": "html"},
    "truncated": {"kind": "truncated"},
    "truncated_to_nothing": {"kind": "truncated", "keep": 0.01},
    "garbage": {"kind": "garbage"},
    "empty": {"kind": "empty"},
    "wrong_type": {"kind": "wrong_type"},
    "huge": {"kind": "huge"},
    "gzip_bomb": {"kind": "gzip_bomb", "bytes": 50_000_000},
    "redirect": {"kind": "redirect", "location": "http://169.254.169.254/latest/meta-data/"},
    "redirect_loop": {"kind": "redirect_loop"},
    "short_content_length": {"kind": "short_content_length"},
    "forbidden_page": {"kind": "status", "code": 403},
    "not_found_page": {"kind": "status", "code": 404},
}
_SLOW: Mapping[str, Mapping[str, Any]] = {
    "hang": {"kind": "hang"},
    "drip_headers": {"kind": "drip_headers"},
    "drip_body": {"kind": "drip_body"},
    "late": {"kind": "delay", "seconds": 5},
}


class WireContract:
    """For whatever asks over HTTP; the sandbox is its upstream."""

    @pytest.mark.parametrize("code", [500, 502, 503, 504, 520])
    def test_a_server_error_is_unavailable(self, subject: Subject, code: int) -> None:
        subject.fail({"kind": "status", "code": code})

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderUnavailable

    @pytest.mark.parametrize("case", _MALFORMED)
    def test_what_cannot_be_read_is_malformed(self, subject: Subject, case: str) -> None:
        subject.fail(_MALFORMED[case])

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderMalformed

    @pytest.mark.parametrize("patience", [_LITTLE], ids=[""])
    @pytest.mark.parametrize("case", _SLOW)
    def test_an_answer_that_takes_too_long_is_given_up_in_time(self, subject: Subject, case: str) -> None:
        subject.fail(_SLOW[case])

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderTimeout

    def test_a_connection_that_breaks_off_is_unavailable(self, subject: Subject) -> None:
        subject.fail({"kind": "reset", "after": 0.05})

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderUnavailable

    def test_an_upstream_that_refuses_connections_is_unavailable(self, subject: Subject) -> None:
        fault = fault_of(lambda: subject.ask_at(f"http://127.0.0.1:{find_free_port()}/"))

        assert type(fault) is ProviderUnavailable

    def test_throttling_says_when_to_come_back_as_the_upstream_did(self, subject: Subject) -> None:
        subject.fail({"kind": "status", "code": 429, "retry_after": 7})

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderThrottled
        assert fault.retry_after == timedelta(seconds=7)

    @pytest.mark.parametrize("retry_after", [None, "soon"])
    def test_throttling_without_a_usable_time_still_names_a_pause(self, subject: Subject, retry_after: str | None) -> None:
        subject.fail({"kind": "status", "code": 429} | ({} if retry_after is None else {"retry_after": retry_after}))

        fault = fault_of(subject.ask_known)

        assert type(fault) is ProviderThrottled
        assert fault.retry_after is not None
        assert fault.retry_after > timedelta(0)

    def test_a_fault_names_its_provider_and_no_host_key_or_body(self, subject: Subject) -> None:
        subject.fail({"kind": "html", "body": "<html>their own words</html>"})

        fault = fault_of(subject.ask_known)

        assert fault.provider == subject.provider
        assert not any(secret in str(fault) for secret in ("127.0.0.1", "http:", "their own words", "key"))

    def test_it_answers_again_once_the_upstream_does(self, subject: Subject) -> None:
        subject.fail({"kind": "reset"})
        fault_of(subject.ask_known)
        subject.fail({})

        assert isinstance(subject.ask_known(), Found)


class ProviderContract(AnswerContract, WireContract):
    """For a provider that asks over HTTP."""
