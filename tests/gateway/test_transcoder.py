"""REST in, RPC out, and back: every feature of an HTTP rule, through the real HTTP server and a real gRPC server."""

import httpx
import pytest

from tests.gateway.trial import TrialServer


def test_a_path_variable_fills_its_field(client: httpx.Client, trial: TrialServer) -> None:
    answer = client.get("/trial/v1/records/r-1")

    assert answer.status_code == 200
    assert answer.json()["id"] == "r-1"
    assert trial.seen == [trial.message("GetRecordRequest", id="r-1")]


@pytest.mark.parametrize("name", ["AC/DC", "!!!", "Portugal. The Man", "諏訪内晶子", "a:b", "..", "100%", "a+b", "?#"])
def test_a_name_in_the_path_arrives_as_it_was(client: httpx.Client, trial: TrialServer, name: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())

    answer = client.get(f"/trial/v1/records/{encoded}")

    assert answer.json()["id"] == name


def test_additional_bindings_nested_fields_and_templates_lead_to_the_same_method(
    client: httpx.Client, trial: TrialServer
) -> None:
    client.get("/trial/v1/shelves/s%2F1/records/r")
    client.get("/trial/v1/shelves/s/books/b")
    client.get("/trial/v1/files/a/b%2Fc/d.txt")

    assert trial.seen == [
        trial.message("GetRecordRequest", id="r", label={"id": "s/1"}),
        trial.message("GetRecordRequest", name="shelves/s/books/b"),
        trial.message("GetRecordRequest", path="a/b%2Fc/d.txt"),
    ]


def test_query_parameters_fill_the_other_fields(client: httpx.Client, trial: TrialServer) -> None:
    query = (
        "page_size=3&words=a&words=b%20c&moods=MOOD_SAD&moods=1&flag=false&weight=0.5&since_time=2026-01-31T12:00:00%2B01:00"
        "&span=1.5s&mask=id,label.id&at_most=9007199254740993&label.parent.id=up&big_positive=18446744073709551615&blob=aGk"
    )

    answer = client.get(f"/trial/v1/records?{query}")

    expected = trial.message(
        "ListRecordsRequest",
        page_size=3,
        words=["a", "b c"],
        moods=[2, 1],
        flag=False,
        weight=0.5,
        at_most={"value": 9007199254740993},
        label={"parent": {"id": "up"}},
        big_positive=2**64 - 1,
        blob=b"hi",
        since_time={"seconds": 1769857200},
        span={"seconds": 1, "nanos": 500_000_000},
        mask={"paths": ["id", "label.id"]},
    )
    assert trial.seen == [expected]
    assert [record["id"] for record in answer.json()] == ["0", "1", "2"]


def test_a_map_can_be_the_whole_answer_and_64_bit_numbers_are_exact(client: httpx.Client) -> None:
    answer = client.get("/trial/v1/counts")

    assert answer.text == '{"a":1,"b":9007199254740993}'


def test_the_whole_body_fills_the_request(client: httpx.Client, trial: TrialServer) -> None:
    answer = client.post(
        "/trial/v1/records", json={"name": "n", "record": {"big": 5, "mood": "MOOD_GLAD"}, "labels": [{"id": "l"}]}
    )

    assert answer.json()["mood"] == "MOOD_GLAD"
    assert trial.seen == [trial.message("CreateRecordRequest", name="n", record={"big": 5, "mood": 1}, labels=[{"id": "l"}])]


def test_a_body_can_be_one_field_and_the_query_the_rest(client: httpx.Client, trial: TrialServer) -> None:
    client.patch("/trial/v1/records/r?update_mask=words", json={"words": ["w"]})
    client.post("/trial/v1/records:drop?force=true", json=["a", "b"])

    assert trial.seen == [
        trial.message("UpdateRecordRequest", id="r", record={"words": ["w"]}, update_mask={"paths": ["words"]}),
        trial.message("DropRecordsRequest", ids=["a", "b"], force=True),
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"  {} "])
def test_a_custom_verb_without_body_takes_none_or_an_empty_one(client: httpx.Client, trial: TrialServer, body: bytes) -> None:
    answer = client.post("/trial/v1/records/r:archive?force=true", content=body)

    assert answer.status_code == 200
    assert trial.seen == [trial.message("ArchiveRecordRequest", id="r", force=True)]


def test_unset_fields_are_shown_as_null_or_empty(client: httpx.Client) -> None:
    record = client.get("/trial/v1/records/r").json()

    assert record["maybe_number"] is None
    assert record["label"] is None
    assert record["create_time"] is None
    assert record["words"] == []
    assert record["texts"] == {}
    assert record["mood"] == "MOOD_UNSPECIFIED"
    assert client.delete("/trial/v1/records/r").json() == {}


def test_a_private_method_has_no_address(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert not any("Reindex" in operation["operationId"] for path in paths.values() for operation in path.values())


def test_a_service_may_choose_another_success_and_add_headers(client: httpx.Client) -> None:
    answer = client.post("/trial/v1/records/made:archive")

    assert answer.status_code == 202
    assert answer.headers["location"] == "/made"
    assert answer.headers["x-colour"] == "blue"


def test_head_is_get_without_the_body_and_options_tells_the_verbs(client: httpx.Client) -> None:
    head = client.head("/trial/v1/records/r")
    options = client.request("OPTIONS", "/trial/v1/records/r")

    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
    assert options.status_code == 204
    assert options.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"


def test_the_trace_the_request_id_and_a_few_headers_reach_the_service(client: httpx.Client, trial: TrialServer) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    answer = client.get(
        "/trial/v1/records/r",
        headers={"traceparent": trace, "x-request-id": "abc-1", "prefer": "respond-async", "cookie": "a=b"},
    )

    assert trial.metadata["traceparent"] == trace
    assert trial.metadata["x-request-id"] == answer.headers["x-request-id"] == "abc-1"
    assert trial.metadata["prefer"] == "respond-async"
    assert "cookie" not in trial.metadata


@pytest.mark.parametrize("given", ["", "a b", "ü", "x" * 65, "a\tb"])
def test_an_unfit_request_id_is_replaced_and_a_trace_begun(client: httpx.Client, trial: TrialServer, given: str) -> None:
    answer = client.get("/trial/v1/records/r", headers=[(b"x-request-id", given.encode("latin-1")), (b"traceparent", b"rubbish")])

    assert len(answer.headers["x-request-id"]) == 32
    assert trial.metadata["x-request-id"] == answer.headers["x-request-id"]
    assert len(trial.metadata["traceparent"]) == 55
