"""services/album/providers/euria over the sandbox: what it asks, what it makes of answers, and what that costs."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kernel.database import Database
from kernel.errors import ProviderFault, ProviderMalformed, ProviderRejected, ProviderThrottled
from kernel.evidence import Absent, Found
from kernel.http import HttpClient
from kernel.limiter import LimitReached
from sandbox.euria import PRODUCT
from sandbox.euria.answering import INVENTION, MODELS, RETIRED, THOUGHT
from services.album.briefs import make_brief
from services.album.domain import Brief, Description
from services.album.providers.euria import NAME, PROMPT_VERSION, EuriaDescriptions
from tests.fakes.clock import FakeClock
from tests.fakes.servers import find_free_port
from tests.sandbox.running import RunningSandbox
from tests.services.album.providers_of_text.asking_euria import BRIEF, MODEL, TOKEN, FakeSpending, euria_at, http_for, writer_over
from tests.services.providers.contract import TIMEOUT, ProviderContract, Subject, fault_of
from upstreams.spending import Allowance, SpendingLedger
from upstreams.spending import spending as spending_rows

PATH = f"/euria/2/ai/{PRODUCT}/openai/v1"
BARE = make_brief("en", title="OK Computer", artist="Radiohead", released="1997", kind="album")
REFUSALS = {
    "bad_token": "EURIA_TOKEN",
    "wrong_product": "EURIA_URL",
    "unknown": "EURIA_URL",
    "validation": "EURIA_MODEL",
    "gateway_refusal": "EURIA_MODEL",
}
COSTLESS = ("bad_token", "wrong_product")


@pytest.fixture(scope="module")
def http(sandbox_process: RunningSandbox) -> Iterator[HttpClient]:
    client = http_for(sandbox_process.url)
    yield client
    client.close()


@pytest.fixture
def provider(sandbox: RunningSandbox, http: HttpClient, spending: FakeSpending, patience: timedelta) -> EuriaDescriptions:
    return writer_over(http, f"{sandbox.url}{PATH}", spending, timeout=patience)


@pytest.fixture
def knobs(sandbox: RunningSandbox):
    return lambda **settings: sandbox.client.put(f"/_sandbox/{NAME}", json=settings).raise_for_status()


def script(sandbox: RunningSandbox, **fault: object) -> None:
    sandbox.script({"provider": NAME, "fault": fault})


def text_of(provider: EuriaDescriptions, brief: Brief = BRIEF) -> str:
    found = provider.write(brief)
    assert isinstance(found, Found)
    return found.value.content


class TestEuriaKeepsTheContract(ProviderContract):
    @pytest.fixture
    def subject(self, sandbox: RunningSandbox, provider: EuriaDescriptions) -> Subject:
        def fail(fault: Mapping[str, Any]) -> None:
            sandbox.client.delete("/_sandbox/faults")
            if fault:
                script(sandbox, **fault)

        def ask_at(url: str) -> Any:
            with euria_at(url, timeout=TIMEOUT) as elsewhere:
                return elsewhere.write(BRIEF)

        return Subject(NAME, lambda: provider.write(BRIEF), lambda: provider.write(BARE), fail=fail, ask_at=ask_at)


def test_a_description_says_what_it_was_written_from_by_whom_and_on_which_prompt(provider):
    found = provider.write(BRIEF)

    assert isinstance(found, Found)
    assert found.value == Description(
        "en", found.value.content, MODEL, PROMPT_VERSION, tuple(f"{key}: {value}" for key, value in BRIEF.facts)
    )
    assert "OK Computer" in found.value.content
    assert found.matched_on == ("10 facts it was written from",)


def test_the_same_brief_is_one_call_and_the_same_text(sandbox, provider, spending):
    texts = {text_of(provider) for _ in range(2)}

    assert len(texts) == 1
    assert sandbox.control("counters")[NAME] == {"total": 2, "chat.completions": 2}
    assert spending.spent == 2


@pytest.mark.parametrize("name", MODELS)
def test_every_model_that_is_offered_writes(sandbox, http, name):
    found = writer_over(http, f"{sandbox.url}{PATH}", FakeSpending(), model=name).write(BRIEF)

    assert isinstance(found, Found)
    assert found.value.model == name
    assert THOUGHT not in found.value.content


def test_with_fewer_than_three_facts_beside_the_names_nobody_is_asked_and_nothing_spent(sandbox, provider, spending):
    answer = provider.write(BARE)

    assert isinstance(answer, Absent)
    assert "Too little is known" in answer.reason
    assert NAME not in sandbox.control("counters")
    assert spending.spent == 0


def test_three_facts_are_enough(provider):
    brief = make_brief("en", title="OK Computer", artist="Radiohead", released="1997", kind="album", labels=["Parlophone"])

    assert "Parlophone" in text_of(provider, brief)


def test_facts_of_nothing_but_blanks_do_not_count(provider):
    facts = (("title", "OK Computer"), ("artist", "Radiohead"), ("released", " "), ("kind", "\u200b\n"), ("labels", "\0"))

    assert isinstance(provider.write(Brief("en", (*facts, ("genres", "rock"), ("tracks", "Lucky")))), Absent)


@pytest.mark.parametrize("content", ["null", "thinking"])
def test_what_is_no_text_is_malformed_and_was_paid_for(knobs, provider, spending, content):
    knobs(content=content)

    fault = fault_of(lambda: provider.write(BRIEF))

    assert type(fault) is ProviderMalformed
    assert spending.spent == 1


def test_an_invented_year_is_called_so_and_never_repeated(knobs, provider):
    knobs(content="invented")

    answer = provider.write(BRIEF)

    assert answer == Absent("EurIA's text held a number that is in none of the facts it was given.")
    assert not any(word in answer.reason for word in INVENTION.split() if word[0].isdigit())


@pytest.mark.parametrize("content", ["empty", "html", "invented"])
def test_a_text_that_cannot_be_shown_is_none_and_is_not_paid_for_again_at_once(knobs, provider, spending, content):
    knobs(content=content)

    assert isinstance(provider.write(BRIEF), Absent)
    assert spending.spent == 1


def test_thoughts_wrapped_into_the_text_are_taken_out(knobs, provider):
    plain = text_of(provider)
    knobs(content="wrapped")

    assert text_of(provider) == plain


def test_a_text_without_end_is_cut_at_the_end_of_a_sentence(knobs, provider):
    knobs(content="long")

    text = text_of(provider)

    assert 600 < len(text) <= 1200
    assert text.endswith(".")


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls"])
def test_a_text_that_was_stopped_is_malformed(knobs, provider, reason):
    knobs(finish_reason=reason)

    assert type(fault_of(lambda: provider.write(BRIEF))) is ProviderMalformed


def test_a_text_that_broke_off_is_shown_up_to_its_last_whole_sentence(knobs, provider):
    facts = (*BRIEF.facts, ("Last.fm's readers write", f"It is a record. {'They like it very much indeed ' * 8}"))
    knobs(finish_reason="length")

    text = text_of(provider, Brief("en", facts))

    assert text.startswith("title OK Computer")
    assert text.endswith(".")


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_in_either_envelope_names_the_setting_a_person_has_to_look_at(sandbox, provider, spending, code):
    script(sandbox, kind="euria_error", code=code)

    fault = fault_of(lambda: provider.write(BRIEF))

    assert type(fault) is ProviderRejected
    assert REFUSALS[code] in str(fault)
    assert TOKEN not in str(fault)
    assert spending.spent == (0 if code in COSTLESS else 1)


def test_a_model_that_has_been_retired_says_so(sandbox):
    with euria_at(f"{sandbox.url}{PATH}", model=RETIRED) as asking:
        fault = fault_of(lambda: asking.write(BRIEF))

    assert type(fault) is ProviderRejected
    assert "EURIA_MODEL" in str(fault)
    assert RETIRED not in str(fault)


def test_a_wrong_token_and_a_wrong_product_are_refused_for_real(sandbox):
    for address, token, setting in ((PATH, "stolen", "EURIA_TOKEN"), ("/euria/2/ai/102/openai/v1", TOKEN, "EURIA_URL")):
        with euria_at(f"{sandbox.url}{address}", token=token) as asking:
            fault = fault_of(partial(asking.write, BRIEF))

        assert type(fault) is ProviderRejected
        assert setting in str(fault)


def test_throttling_without_a_time_pauses_for_a_minute_and_costs_nothing(sandbox, provider, spending):
    script(sandbox, kind="euria_error", code="rate_limit")

    fault = fault_of(lambda: provider.write(BRIEF))

    assert type(fault) is ProviderThrottled
    assert fault.retry_after is not None
    assert fault.retry_after.total_seconds() == 60
    assert spending.spent == 0


@pytest.mark.parametrize("fault", [{"kind": "hang"}, {"kind": "reset"}, {"kind": "html"}, {"kind": "status", "code": 502}])
def test_a_call_whose_end_is_unknown_counts_as_spent(sandbox, provider, spending, fault):
    script(sandbox, **fault)

    fault_of(lambda: provider.write(BRIEF))

    assert spending.spent == 1


def test_a_refused_connection_costs_nothing(spending):
    with euria_at(f"http://127.0.0.1:{find_free_port()}", spending=spending) as elsewhere:
        fault_of(lambda: elsewhere.write(BRIEF))

    assert spending.spent == 0


def test_the_days_allowance_keeps_us_from_asking_and_holds_over_a_restart(sandbox, tmp_path: Path, clock: FakeClock):
    answers: list[str] = []

    def run_once(*, times: int) -> None:
        database = Database(f"sqlite:///{tmp_path / 'album.sqlite'}", schema="public")
        with database.write() as connection:
            spending_rows.create(connection, checkfirst=True)
        ledger = SpendingLedger(database, allowances={NAME: Allowance(per_day=3, per_month=90, units="texts")}, clock=clock)
        with euria_at(f"{sandbox.url}{PATH}", spending=ledger) as asking:
            for _ in range(times):
                try:
                    answers.append(type(asking.write(BRIEF)).__name__)
                except ProviderFault as fault:
                    answers.append(str(fault) if isinstance(fault, LimitReached) else "another fault")
        database.close()

    run_once(times=2)
    run_once(times=2)

    assert answers == ["Found"] * 3 + ["euria: the allowance of 3 texts a day is used up"]
    assert sandbox.control("counters")[NAME]["total"] == 3
