"""The description is valid OpenAPI 3.1, says what the contracts say, and holds under fire: generated requests, good and bad."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from scripts import openapi
from tests.gateway.conftest import MakeGateway
from tests.gateway.running import SECRET, RunningGateway
from tests.gateway.trial import TrialServer

FEWEST_CASES = 500
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection"


@pytest.fixture
def document(open_house: RunningGateway) -> dict[str, Any]:
    content: dict[str, Any] = open_house.client.get("/openapi.json").json()
    return content


def test_the_description_is_valid_and_every_schema_too(document: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(document).validate()

    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_what_the_web_app_is_typed_by_is_what_the_gateway_gives_out(
    open_house: RunningGateway, contract: Path, tmp_path: Path
) -> None:
    target = tmp_path / "openapi.json"
    openapi.main([str(contract), str(target)])
    written = target.stat().st_mtime_ns

    openapi.main([str(contract), str(target)])

    assert target.read_bytes() == open_house.client.get("/openapi.json").content
    assert target.stat().st_mtime_ns == written


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(document)))

    assert references
    assert all(name in document["components"][kind] for kind, name in references)


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for verbs in document["paths"].values() for operation in verbs.values()]

    assert len(ids) == len(set(ids))


def test_comments_of_the_contracts_are_the_manual(document: dict[str, Any]) -> None:
    operation = document["paths"]["/trial/v1/records/{id}"]["get"]
    record = document["components"]["schemas"]["trial.v1.Record"]

    assert operation["summary"] == "Echoes a record by its path"
    assert "NOT_FOUND for the id `missing`" in operation["description"]
    assert record["description"] == "A record of everything a field can be."
    assert record["properties"]["id"]["description"] == "Which record."
    assert "- `MOOD_GLAD`: Glad." in json.dumps(record, ensure_ascii=False)


def test_what_comes_in_and_what_goes_out_are_told_apart(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert len(schemas["trial.v1.Record"]["required"]) == 36
    assert not {"left", "right", "middle"} & set(schemas["trial.v1.Record"]["required"])
    assert "required" not in schemas["trial.v1.Record.Input"]
    assert schemas["trial.v1.CreateRecordRequest"]["required"] == ["name"]
    assert schemas["trial.v1.Record"]["properties"]["maybe_number"]["type"] == ["integer", "null"]
    assert schemas["trial.v1.Record"]["properties"]["big"]["format"] == "int64"
    assert schemas["trial.v1.Record"]["properties"]["create_time"]["format"] == "date-time"


def test_templates_are_spelt_with_one_parameter_a_wildcard(document: dict[str, Any]) -> None:
    paths = document["paths"]

    assert "/trial/v1/shelves/{name_1}/books/{name_2}" in paths
    assert "/trial/v1/shelves/{label_id}/records/{id}" in paths
    assert "/trial/v1/records:drop" in paths


def test_query_parameters_reach_into_messages_but_never_round_in_circles(document: dict[str, Any]) -> None:
    names = {p["name"] for p in document["paths"]["/trial/v1/records"]["get"]["parameters"]}

    assert {"page_size", "words", "label.id", "label.weight", "since_time", "at_most"} <= names
    assert not {"texts", "label", "label.parent.parent.id"} & names


def test_tokens_are_asked_for_where_they_are_needed(document: dict[str, Any], make_gateway: MakeGateway) -> None:
    guarded = make_gateway(jwt_secret=SECRET).client.get("/openapi.json").json()

    assert "security" not in document
    assert guarded["security"] == [{"token": []}, {"session": []}]
    assert guarded["paths"]["/healthz"]["get"]["security"] == []


def test_every_answer_is_described(document: dict[str, Any]) -> None:
    for path, verbs in document["paths"].items():
        for operation in verbs.values():
            assert "200" in operation["responses"], path
            if "/trial/" in path:
                assert {"400", "401", "403", "404", "429", "500", "503", "504"} <= operation["responses"].keys()


def test_generated_requests_good_and_bad_find_no_fault(open_house: RunningGateway, trial: TrialServer, tmp_path: Path) -> None:
    trial.may_answer.set()
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{open_house.url}/openapi.json"]
    # One worker: CPython 3.11 may raise SystemError when two threads parse Python at once, as Hypothesis does now and then.
    options = ["--phases", "fuzzing", "-n", "16", "--seed", "7", "--no-shrink", "--workers", "1", "--continue-on-failure"]
    choice = ["--checks", CHECKS, "--exclude-path-regex", "failures", "--suppress-health-check", "all"]

    run = subprocess.run([*command, *options, *choice], capture_output=True, text=True, timeout=100, cwd=tmp_path, check=False)

    cases = re.search(r"(\d+) generated", run.stdout)
    assert run.returncode == 0, run.stdout[-6000:]
    assert cases is not None
    assert int(cases[1]) >= FEWEST_CASES
