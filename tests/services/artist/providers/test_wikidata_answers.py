"""services/artist/providers/wikidata: what is made of rows, the recorded ones and any others."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import ProviderMalformed, ProviderRejected, ProviderThrottled, ProviderUnavailable
from kernel.evidence import Absent, Ambiguous, Found
from kernel.http import HttpClient
from services.artist.domain import Identity, Management, Manager
from services.artist.providers.wikidata import WikidataProvider
from tests.fakes.canned import USER_AGENT, CannedUpstream
from tests.fakes.clock import FakeClock
from tests.fakes.samples import recorded

SAMPLES = recorded("wikidata")
ENTITY = "http://www.wikidata.org/entity/"
SID, OTHER_SID = "4Z8W4fKeB5YxbusRsdQVPb", "12Chz98pHFMPJEknJQMWvI"
MBID, OTHER_MBID = "a74b1b7f-71a5-4011-9441-d0b5e4122711", "8ed2e0b3-aa4c-4e13-bec3-dc7393ed4d6b"
WHO = Identity("Radiohead", spotify_id=SID)
FAULTS = {
    400: ProviderMalformed,
    403: ProviderRejected,
    429: ProviderThrottled,
    500: ProviderUnavailable,
    504: ProviderUnavailable,
}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def wikidata(upstream: CannedUpstream) -> Iterator[WikidataProvider]:
    http = HttpClient(user_agent=USER_AGENT, trusted_hosts=[upstream.server.host_port])
    yield WikidataProvider(http, url=upstream.server.url, timeout=timedelta(seconds=5), clock=FakeClock())
    http.close()


def uri(item: str) -> Row:
    return {"type": "uri", "value": f"{ENTITY}{item}"}


def told(value: object, language: str = "", **more: str) -> Row:
    return {"type": "literal", "value": value, **({"xml:lang": language} if language else {}), **more}


def row(item: str = "Q44190", /, **cells: Row) -> Row:
    return {"entity": uri(item), "sid": told(SID), **cells}


def held(manager: str = "Q1", /, *, name: str = "S1", role: str = "manager", rank: str = "NormalRank", **cells: Row) -> Row:
    """A row of an engagement."""
    statement = {"type": "uri", "value": f"{ENTITY}statement/{name}"}
    ranked = {"type": "uri", "value": f"http://wikiba.se/ontology#{rank}"}
    return row(manager=uri(manager), held=statement, role=told(role), rank=ranked, **cells)


def on(day: str) -> Row:
    return told(f"{day}T00:00:00Z", datatype="http://www.w3.org/2001/XMLSchema#dateTime")


def results(rows: object) -> str:
    return json.dumps({"head": {"vars": ["entity"]}, "results": {"bindings": rows}})


def management_of(provider: WikidataProvider, upstream: CannedUpstream, *rows: Row, who: Identity = WHO) -> Management:
    upstream.says(results(rows))
    found = provider.find_management(who)
    assert isinstance(found, Found)
    return found.value


def managers_of(provider: WikidataProvider, upstream: CannedUpstream, *rows: Row) -> tuple[Manager, ...]:
    return management_of(provider, upstream, *rows).managers


def recorded_cases() -> dict[str, Any]:
    cases: dict[str, Any] = json.loads((SAMPLES / "sparql-p1902-p1037-cases.json").read_text())
    return cases


def test_every_recorded_file_is_read_here():
    assert {path.name for path in SAMPLES.iterdir()} == {
        "errors-matrix.json",
        "sparql-json-shape.json",
        "sparql-p1902-p1037-cases.json",
    }


def test_the_recorded_shape_is_read_and_holds_nobody_who_was_asked_for(upstream, wikidata):
    upstream.says((SAMPLES / "sparql-json-shape.json").read_bytes())

    assert isinstance(wikidata.find_management(WHO), Absent)


def test_the_recorded_row_with_a_manager_is_read_with_what_our_query_asks_besides(upstream, wikidata):
    (cells,) = recorded_cases()["with_manager"]["results"]["bindings"]

    management = management_of(wikidata, upstream, {**held(), **cells})

    (manager,) = management.managers
    assert (manager.id, manager.names, manager.role) == ("Q999999999", {"en": "Example Management"}, "manager")
    assert (management.match.wikidata_id, management.match.name) == ("Q44190", "Radiohead")


def test_the_recorded_row_without_a_manager_is_an_item_without_managers(upstream, wikidata):
    (cells,) = recorded_cases()["no_manager"]["results"]["bindings"]

    management = management_of(wikidata, upstream, {**row(), **cells})

    assert management.managers == ()


def test_the_recorded_empty_result_is_absent(upstream, wikidata):
    upstream.says(json.dumps(recorded_cases()["unknown_spotify_id"]))

    assert isinstance(wikidata.find_management(WHO), Absent)


@pytest.mark.parametrize(
    "case", json.loads((SAMPLES / "errors-matrix.json").read_text())["errors"], ids=lambda case: case["case"]
)
def test_a_recorded_error_is_its_declared_fault(upstream, wikidata, case):
    upstream.says(case["body_text"], status=f"{case['status']} {HTTPStatus(case['status']).phrase}")

    with pytest.raises(FAULTS[case["status"]]):
        wikidata.find_management(WHO)


def test_rows_that_values_multiplied_are_one_engagement_again(upstream, wikidata):
    rows = [
        held(managerLabel=told(name, language), reference={"type": "uri", "value": source}, started=on(day))
        for name, language in [("One Example", "en"), ("Une Agence", "fr")]
        for source in ["http://www.wikidata.org/reference/a", "http://www.wikidata.org/reference/b"]
        for day in ["2001-05-01", "2001-01-01"]
    ]

    (manager,) = managers_of(wikidata, upstream, *rows)

    assert manager.names == {"en": "One Example", "fr": "Une Agence"}
    assert (manager.references, manager.started) == (2, date(2001, 1, 1))


def test_a_label_for_all_languages_fills_those_that_have_none(upstream, wikidata):
    everywhere = told("Everywhere Example", "mul")
    french = told("En France", "fr")

    management = management_of(
        wikidata,
        upstream,
        held(managerLabel=everywhere, entityLabel=told("Name", "mul")),
        held(managerLabel=french),
    )

    assert management.managers[0].names == {"en": "Everywhere Example", "fr": "En France"}
    assert management.match.name == "Name"


@pytest.mark.parametrize("label", [told("Q1"), told("Q1", "en"), told(""), told("x" * 501, "en"), {}])
def test_a_bare_number_or_an_unbelievable_label_is_no_name(upstream, wikidata, label):
    (manager,) = managers_of(wikidata, upstream, held(managerLabel=label))

    assert manager.names == {}


def test_somebody_unknown_is_nobody_and_a_deprecated_engagement_never_was(upstream, wikidata):
    unknown = {**held(), "manager": {"type": "bnode", "value": "t123"}}
    genid = {**held(), "manager": {"type": "uri", "value": "http://www.wikidata.org/.well-known/genid/0f"}}

    assert managers_of(wikidata, upstream, unknown, genid, held(rank="DeprecatedRank"), held(role="owner")) == ()


def test_two_engagements_of_one_manager_stay_two(upstream, wikidata):
    first = held(name="S1", started=on("1990-01-01"), ended=on("1995-12-31"))
    again = held(name="S2", started=on("2010-01-01"))

    managers = managers_of(wikidata, upstream, first, again)

    assert [manager.started for manager in managers] == [date(2010, 1, 1), date(1990, 1, 1)]


def test_the_editors_preference_leads_among_those_present(upstream, wikidata):
    later = held("Q1", name="S1", started=on("2020-01-01"))
    preferred = held("Q2", name="S2", rank="PreferredRank", started=on("2000-01-01"))
    former = held("Q3", name="S3", rank="PreferredRank", ended=on("2024-01-01"))

    assert [manager.id for manager in managers_of(wikidata, upstream, later, former, preferred)] == ["Q2", "Q1", "Q3"]


@pytest.mark.parametrize("moment", ["-0500-01-01T00:00:00Z", "t42", "", "1991-02-31T00:00:00Z", "31 May 1991", "9" * 400])
def test_a_moment_that_is_no_date_is_left_out(upstream, wikidata, moment):
    (manager,) = managers_of(wikidata, upstream, held(started=told(moment)))

    assert manager.started is None


def test_more_managers_than_anybody_has_are_cut(upstream, wikidata):
    assert len(managers_of(wikidata, upstream, *[held(f"Q{number}", name=f"S{number}") for number in range(1, 60)])) == 20


def test_of_several_ids_the_one_asked_for_is_kept_and_of_several_others_none(upstream, wikidata):
    rows = [row(sid=told(sid), mbid=told(mbid)) for sid in (OTHER_SID, SID) for mbid in (MBID, OTHER_MBID)]

    match = management_of(wikidata, upstream, *rows).match

    assert (match.spotify_id, match.mbid) == (SID, None)


def test_ids_that_are_none_are_passed_over(upstream, wikidata):
    match = management_of(wikidata, upstream, row(mbid=told("not an id")), row(mbid=told(""))).match

    assert match.mbid is None


@pytest.mark.parametrize(
    ("who", "matched_on"),
    [
        (Identity(spotify_id=SID, mbid=OTHER_MBID), ("Spotify id", "but another MusicBrainz id")),
        (Identity(spotify_id=OTHER_SID, mbid=MBID), ("MusicBrainz id", "but another Spotify id")),
    ],
)
def test_an_item_that_contradicts_one_of_the_ids_is_only_a_candidate(upstream, wikidata, who, matched_on):
    upstream.says(results([row(mbid=told(MBID))]))

    found = wikidata.find_management(who)

    assert found.confidence < 0.5
    assert found.matched_on == matched_on


def test_the_item_with_both_ids_wins_over_those_with_one(upstream, wikidata):
    rows = [row("Q1"), row("Q2", mbid=told(MBID)), row("Q3", sid=told(OTHER_SID), mbid=told(MBID))]

    management = management_of(wikidata, upstream, *rows, who=Identity(spotify_id=SID, mbid=MBID))

    assert management.match.wikidata_id == "Q2"


def test_two_items_with_the_same_id_are_ambiguous(upstream, wikidata):
    upstream.says(results([row("Q1"), row("Q2")]))

    answer = wikidata.find_management(WHO)

    assert isinstance(answer, Ambiguous)
    assert [candidate.match.wikidata_id for candidate in answer.candidates] == ["Q1", "Q2"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"results": []}',
        '{"results": {"bindings": {}}}',
        '{"results": {"bindings": null}}',
        '{"results": {"bindings": [NaN]}}',
        '{"head": {"vars": ["entity"]}, "results": {"bindings": [ {"entity": {"type": "uri", "val',
        "[" * 100_000,
        '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"/>',
    ],
    ids=lambda body: body[:30],
)
def test_anything_but_sparql_results_is_malformed(upstream, wikidata, body):
    upstream.says(body)

    with pytest.raises(ProviderMalformed):
        wikidata.find_management(WHO)


@pytest.mark.parametrize("status", ["204 No Content", "302 Found", "400 Bad Request", "403 Forbidden", "404 Not Found"])
def test_an_unexpected_status_is_malformed_whatever_its_body(upstream, wikidata, status):
    upstream.says("" if status.startswith("204") else results([row()]), status=status)

    with pytest.raises(ProviderMalformed):
        wikidata.find_management(WHO)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "value", "xml:lang", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
COLUMNS = (
    "entity",
    "sid",
    "mbid",
    "manager",
    "held",
    "role",
    "rank",
    "started",
    "ended",
    "reference",
    "managerLabel",
    "entityLabel",
)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, ANYTHING)), max_size=4),
    sound=st.booleans(),
)
def test_cells_of_any_shape_end_in_an_answer(upstream, wikidata, rows, sound):
    kept = [{**held(), **each} if sound and isinstance(each, dict) else each for each in rows]
    upstream.says(results(kept))

    with suppress(ProviderMalformed):
        wikidata.find_management(WHO)
