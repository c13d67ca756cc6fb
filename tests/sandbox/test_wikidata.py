"""Has the simulated query service the habits of the real one?"""

import json

import pytest

AGENT = {"User-Agent": "SandboxTests/1.0 (tests@example.org)", "Accept": "application/sparql-results+json"}
RADIOHEAD, HALCYON, DAFT_PUNK = "4Z8W4fKeB5YxbusRsdQVPb", "2pvfGvbL4mouaDY9ZSwUmv", "4tZwfgrHOc3mvqYlEYSvVi"
PORTISHEAD, MUSE, UNKNOWN = "6liAMWkVf5LH7YR9yfFy1Y", "12Chz98pHFMPJEknJQMWvI", "0" * 22
SIMPLE = """
SELECT ?sid ?entity ?entityLabel ?manager ?managerLabel WHERE {
  VALUES ?sid { %s }
  ?entity wdt:P1902 ?sid .
  OPTIONAL { ?entity wdt:P1037|wdt:P1875 ?manager . }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en,fr". }
}"""
STATEMENTS = """
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT ?sid ?mbid ?manager ?role ?start ?end ?label WHERE {
  VALUES ?sid { %s }
  ?entity wdt:P1902 ?sid ; wdt:P434 ?mbid .
  OPTIONAL {
    { ?entity p:P1037 ?held . ?held ps:P1037 ?manager . BIND("manager" AS ?role) }
    UNION
    { ?entity p:P1875 ?held . ?held ps:P1875 ?manager . BIND("agency" AS ?role) }
    OPTIONAL { ?held pq:P580 ?start }
    OPTIONAL { ?held pq:P582 ?end }
    OPTIONAL { ?manager rdfs:label ?label . FILTER(LANG(?label) IN ("en", "fr")) }
  }
}"""


def listed(*ids: str) -> str:
    return " ".join(f'"{one}"' for one in ids)


@pytest.fixture
def ask(sandbox):
    def _ask(query: str, **headers: str):
        return sandbox.client.get("/wikidata/sparql", params={"query": query}, headers={**AGENT, **headers})

    return _ask


@pytest.fixture
def solve(ask):
    def _solve(query: str) -> list[dict[str, dict[str, str]]]:
        answer = ask(query)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
        return rows

    return _solve


def test_get_and_both_posts_answer_the_same(sandbox, ask):
    query = SIMPLE % listed(RADIOHEAD)

    form = sandbox.client.post("/wikidata/sparql", data={"query": query, "format": "json"}, headers=AGENT)
    bare = sandbox.client.post("/wikidata/sparql", content=query, headers={**AGENT, "Content-Type": "application/sparql-query"})

    assert ask(query).json() == form.json() == bare.json()
    assert form.headers["content-type"] == "application/sparql-results+json;charset=utf-8"


def test_one_query_answers_for_many_artists_and_leaves_out_the_unknown(solve):
    rows = solve(SIMPLE % listed(RADIOHEAD, HALCYON, MUSE, UNKNOWN))

    assert {row["sid"]["value"] for row in rows} == {RADIOHEAD, HALCYON, MUSE}
    assert {row["entity"]["value"] for row in rows if row["sid"]["value"] == RADIOHEAD} == {
        "http://www.wikidata.org/entity/Q44190"
    }


def test_nobody_found_is_an_empty_list_that_still_names_the_variables(ask):
    answer = ask(SIMPLE % listed(UNKNOWN)).json()

    assert answer == {
        "head": {"vars": ["sid", "entity", "entityLabel", "manager", "managerLabel"]},
        "results": {"bindings": []},
    }


def test_absent_manager_is_an_absent_key(solve):
    (row,) = solve(SIMPLE % listed(MUSE))

    assert row.keys() == {"sid", "entity", "entityLabel"}


def test_manager_that_is_not_optional_leaves_out_who_has_none(solve):
    query = SIMPLE.replace("OPTIONAL { ?entity wdt:P1037|wdt:P1875 ?manager . }", "?entity wdt:P1037 ?manager .")

    rows = solve(query % listed(MUSE, RADIOHEAD))

    assert [row["sid"]["value"] for row in rows] == [RADIOHEAD]


def test_several_managers_multiply_rows(solve):
    rows = solve(SIMPLE % listed(DAFT_PUNK))

    assert len(rows) == 2
    assert {row["managerLabel"]["xml:lang"] for row in rows} == {"en", "fr"}


def test_item_without_a_label_is_labelled_by_its_bare_number(solve):
    (row,) = solve(SIMPLE % listed(PORTISHEAD))

    assert row["managerLabel"] == {"type": "literal", "value": row["manager"]["value"].rpartition("/")[2]}


def test_statements_tell_role_start_and_end(solve):
    by_role = {row["role"]["value"]: row for row in solve(STATEMENTS % listed(DAFT_PUNK))}

    assert by_role["manager"]["start"]["value"] == "1996-01-01T00:00:00Z"
    assert by_role["manager"]["end"]["datatype"] == "http://www.w3.org/2001/XMLSchema#dateTime"
    assert by_role["agency"]["start"]["value"] == "2009-01-01T00:00:00Z"
    assert "end" not in by_role["agency"]


def test_labels_by_language_multiply_rows_and_the_identifier_cross_checks(solve):
    rows = solve(STATEMENTS % listed(RADIOHEAD))

    assert {row["label"]["xml:lang"] for row in rows} == {"en", "fr"}
    assert {row["mbid"]["value"] for row in rows} == {"a74b1b7f-71a5-4011-9441-d0b5e4122711"}


def test_ended_managers_can_be_left_out(solve):
    query = STATEMENTS.replace("OPTIONAL { ?held pq:P582 ?end }", "FILTER NOT EXISTS { ?held pq:P582 ?end }")

    rows = solve(query % listed(DAFT_PUNK))

    assert [row["role"]["value"] for row in rows] == ["agency"]


def test_artist_is_found_by_its_identifier_elsewhere_and_by_its_item(solve):
    by_mbid = solve('SELECT ?e ?sid WHERE { ?e wdt:P434 "a74b1b7f-71a5-4011-9441-d0b5e4122711" ; wdt:P1902 ?sid . }')
    by_item = solve("SELECT ?sid WHERE { VALUES ?e { wd:Q44190 } ?e wdt:P1902 ?sid . }")

    assert by_mbid[0]["sid"]["value"] == by_item[0]["sid"]["value"] == RADIOHEAD


def test_lists_on_the_sides_of_a_union_add_up_and_within_one_block_narrow(solve):
    listed_both = 'VALUES ?s { %s } ?e wdt:P1902 ?s . %s VALUES ?m { "%s" } ?e wdt:P434 ?m .'
    radiohead = "a74b1b7f-71a5-4011-9441-d0b5e4122711"

    united = solve("SELECT DISTINCT ?e WHERE { { " + listed_both % (listed(MUSE, HALCYON), "} UNION {", radiohead) + " } }")
    narrowed = solve("SELECT DISTINCT ?e WHERE { " + listed_both % (listed(MUSE, RADIOHEAD), "", radiohead) + " }")

    assert len(united) == 3
    assert [row["e"]["value"] for row in narrowed] == ["http://www.wikidata.org/entity/Q44190"]


def test_statements_tell_themselves_their_rank_and_where_dated_a_source(solve):
    asked = "?held wikibase:rank ?rank . OPTIONAL { ?held prov:wasDerivedFrom ?reference } OPTIONAL { ?held pq:P580 ?start }"
    query = STATEMENTS.replace("OPTIONAL { ?held pq:P580 ?start }", asked).replace("?label WHERE", "?held ?rank ?reference WHERE")

    dated, undated = solve(query % listed(HALCYON))[0], solve(query % listed(PORTISHEAD))[0]

    assert dated["held"]["value"].startswith("http://www.wikidata.org/entity/statement/Q900000001-")
    assert dated["rank"]["value"] == "http://wikiba.se/ontology#NormalRank"
    assert dated["reference"]["value"].startswith("http://www.wikidata.org/reference/")
    assert undated.keys() == {"sid", "mbid", "manager", "role", "held", "rank"}


@pytest.mark.parametrize("query", ["", "SELEC ?x", "SELECT ?x WHERE { ?x wdt:P434 ?y", "ASK { ?x ?y ?z }", "SELECT ?x WHERE { }"])
def test_what_is_no_query_is_malformed(ask, query):
    answer = ask(query)

    assert answer.status_code == 400
    assert "MalformedQueryException" in answer.text


def test_client_with_a_librarys_name_is_refused(ask):
    answer = ask(SIMPLE % listed(RADIOHEAD), **{"User-Agent": "python-requests/2.32"})

    assert (answer.status_code, "robot policy" in answer.text) == (403, True)


def test_xml_is_answered_when_json_was_not_asked_for(ask):
    answer = ask(SIMPLE % listed(RADIOHEAD), Accept="*/*")

    assert answer.headers["content-type"] == "application/sparql-results+xml;charset=utf-8"


def test_who_goes_on_asking_is_told_to_wait_and_then_banned(ask, sandbox):
    sandbox.client.put("/_sandbox/limits", json={"wikidata": {"per_second": 0.1, "window_seconds": 60}})
    query = SIMPLE % listed(RADIOHEAD)

    answers = [ask(query) for _ in range(11)]
    sandbox.client.put("/_sandbox/limits", json={"wikidata": None})
    still_banned = ask(query)
    sandbox.client.put("/_sandbox/wikidata", json={"banned": "no"})

    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 3 + [403] * 2
    assert (answers[6].headers["retry-after"], answers[6].headers["content-type"]) == ("3", "text/html;charset=utf-8")
    assert "banned until" in still_banned.text
    assert ask(query).status_code == 200


def test_answer_can_be_cut_off_with_status_200(ask, sandbox):
    sandbox.script({"provider": "wikidata", "fault": {"kind": "truncated"}})

    answer = ask(SIMPLE % listed(RADIOHEAD))

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    "pattern",
    [
        '?e wdt:P1902 ?sid . FILTER(?sid IN ("a", "b"))',
        '?e ?p ?sid . VALUES ?sid { "a" }',
        'VALUES (?sid ?x) { ("a" "b") } ?e wdt:P1902 ?sid',
    ],
)
def test_what_the_sandbox_cannot_read_is_refused_rather_than_passed_over(ask, pattern):
    answer = ask(f"SELECT ?e ?sid WHERE {{ {pattern} }}")

    assert answer.status_code == 400
    assert "the sandbox does not read" in answer.text
